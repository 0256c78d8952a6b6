// Proves that the tests notice when a guard goes: takes each out in a copy of the code and runs them: npm run test:mutants [-- --only 'db/reads|assertUnit']
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { root } from '../../local/paths.ts';
import { run } from '../../local/run.ts';
import { mutants, type Mutant } from './mutants.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const parts = ['activities', 'api', 'cli', 'connectors', 'db', 'domain', 'local', 'pki', 'test', 'worker', 'workflows'];
const files = ['package.json', 'tsconfig.json', 'vitest.config.ts'];

/** The matrix first: most guards fall there. What it does not notice, the abuse cases and the tests beside the code must. */
const suites = [['api/matrix.test.ts'], ['test/abuse', 'domain', 'db', 'api']];

const dir = mkdtempSync(join(tmpdir(), 'smartcms-mutants-'));
try {
  for (const part of [...parts, ...files]) cpSync(join(root, part), join(dir, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const chosen = mutants(root).filter(({ name }) => new RegExp(values.only ?? '').test(name));
  if ((await failing(['api/matrix.test.ts'])) !== undefined) throw new Error('The tests fail already before anything is taken out.');
  const alive: string[] = [];
  for (const mutant of chosen) if (!(await isNoticed(mutant))) alive.push(mutant.name);
  console.log(`${chosen.length} guards taken out, ${chosen.length - alive.length} noticed`);
  if (alive.length > 0) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function isNoticed({ name, file, source }: Mutant): Promise<boolean> {
  const original = readFileSync(join(dir, file));
  writeFileSync(join(dir, file), source);
  try {
    for (const suite of suites) {
      const by = await failing(suite);
      if (by !== undefined) return say(`noticed   ${name}: ${by}`, true);
    }
    return say(`NOT NOTICED ${name}`, false);
  } finally {
    writeFileSync(join(dir, file), original);
  }
}

function say(line: string, noticed: boolean): boolean {
  console.log(line);
  return noticed;
}

/** The first test that fails, if one does. */
async function failing(tests: string[]): Promise<string | undefined> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'parts', '--bail', '1', ...tests];
  const { code, output } = await run(process.execPath, args, { cwd: dir, env: { ...process.env, NO_COLOR: '1' } });
  if (code === 0) return undefined;
  return / FAIL +(.*)/.exec(output)?.[1] ?? output.slice(-500);
}
