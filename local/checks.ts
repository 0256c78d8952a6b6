import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';
import { run } from './run.ts';

/** One way in which the whole checkout is examined. */
interface Check {
  name: string;
  /** Its program below node_modules, and how it is called. */
  program: string;
  args: string[];
  cwd?: string;
}

/** How a check went; `output` is what its program said. */
export interface CheckResult {
  name: string;
  passed: boolean;
  seconds: number;
  output: string;
}

const FOLDERS = [
  'domain',
  'pki',
  'connectors',
  'db',
  'activities',
  'workflows',
  'worker',
  'api',
  'ui/src',
  'keychain',
  'cli',
  'local',
  'bench',
  'test',
];

const checks: Check[] = [
  { name: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['--max-warnings', '0', '.'] },
  { name: 'types', program: 'typescript/bin/tsc', args: ['--noEmit', '-p', '.'] },
  {
    name: 'pages',
    program: 'svelte-check/bin/svelte-check',
    args: ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human'],
    cwd: 'ui',
  },
  {
    name: 'imports',
    program: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: FOLDERS.filter((name) => existsSync(join(root, name))),
  },
  { name: 'dead code', program: 'knip/bin/knip.js', args: [] },
];

/** Runs every check, one after the other, and tells each result as it comes. */
export async function runChecks(onResult: (result: CheckResult) => void): Promise<CheckResult[]> {
  await prepareUi();
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = await examine(check);
    onResult(result);
    results.push(result);
  }
  return results;
}

async function examine({ name, program, args, cwd = '.' }: Check): Promise<CheckResult> {
  const started = performance.now();
  const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' };
  const { code, output } = await run(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: join(root, cwd), env });
  return { name, passed: code === 0, seconds: (performance.now() - started) / 1000, output };
}

/** The types of the pages' routes are generated; lint and svelte-check need them. */
async function prepareUi(): Promise<void> {
  const kit = join(root, 'node_modules/@sveltejs/kit/svelte-kit.js');
  await run(process.execPath, [kit, 'sync'], { cwd: join(root, 'ui') });
}
