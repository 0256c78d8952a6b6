// Stops the stack that runs in this checkout, if one does, and forgets everything it kept.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownerOf } from './owner.ts';
import { varDir } from './paths.ts';
import { standIn } from './postgres-data.ts';
import { waitForEnd } from './process-identity.ts';
import { endRecorded } from './process-record.ts';

const GRACE_MS = 30_000;

const owner = ownerOf(varDir);
if (owner) {
  console.log(`Stopping smartCMS (process ${owner.pid}) ...`);
  process.kill(owner.pid, 'SIGTERM');
  if (!(await waitForEnd(owner, GRACE_MS))) process.kill(owner.pid, 'SIGKILL');
}
await endRecorded(join(varDir, 'run/processes'));
rmSync(varDir, { recursive: true, force: true });
rmSync(dirname(standIn(join(varDir, 'postgres'))), { recursive: true, force: true });
console.log('Everything under var/ is gone. The next start begins anew.');
