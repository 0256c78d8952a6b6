import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for a stack of a test's own, in memory where there is such a place. PostgreSQL's user may enter it, so the data lie in it and go with it. */
export function makeStackDir(name: string): string {
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `smartcms-${name}-`));
  chmodSync(dir, 0o711);
  return dir;
}
