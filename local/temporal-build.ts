import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { goToolchain } from './go-toolchain.ts';
import { withLock } from './lock.ts';
import { cacheDir } from './paths.ts';
import { startProgress } from './progress.ts';
import { lastLines, run } from './run.ts';

const TEMPORAL_VERSION = '1.31.2';
const DRAFT = '.draft-';
const PACKAGES = ['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@v${TEMPORAL_VERSION}`);

/** The programs of Temporal: the server, and the tool that makes its database schema. */
export interface TemporalBinaries {
  server: string;
  sql: string;
}

/** The binaries from this user's cache; built from source when they are not there (once, about five minutes). */
export async function temporalBinaries(): Promise<TemporalBinaries> {
  const dir = join(cacheDir(), `temporal-${TEMPORAL_VERSION}`);
  if (!existsSync(dir)) await withLock(`${dir}.lock`, () => build(dir));
  return { server: join(dir, 'server'), sql: join(dir, 'sql') };
}

/** Builds beside the target and renames, so that the directory exists only when it is whole. */
async function build(dir: string): Promise<void> {
  if (existsSync(dir)) return; // another process built it while we waited for the lock
  removeDrafts(dir);
  const draft = mkdtempSync(`${dir}${DRAFT}`);
  const progress = startProgress(`Building Temporal ${TEMPORAL_VERSION} from source (once, about 5 minutes)`);
  try {
    const bin = join(draft, 'bin');
    await compile(draft, bin, progress.count);
    renameSync(bin, dir);
  } finally {
    progress.end();
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What a build that was interrupted left. We hold the lock: none is in use. */
function removeDrafts(dir: string): void {
  const drafts = readdirSync(dirname(dir)).filter((name) => name.startsWith(basename(dir) + DRAFT));
  for (const name of drafts) rmSync(join(dirname(dir), name), { recursive: true, force: true });
}

async function compile(draft: string, bin: string, onPackage: () => void): Promise<void> {
  const go = await goToolchain(draft);
  const options = { cwd: draft, env: { ...go.env, GOBIN: bin }, onLine: onPackage };
  const { code, output } = await run(go.file, ['install', '-v', ...PACKAGES], options);
  if (code === 0) return;
  const hint = 'Is the Go module proxy reachable? A running Temporal can be used instead: set TEMPORAL_ADDRESS.';
  throw new Error(`Temporal could not be built. ${hint}\n${lastLines(output, 8)}`);
}
