// Runs everything that must hold: the checks, the tests of the parts, then those of the whole running system. The last line counts all.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './checks.ts';
import { root } from './paths.ts';
import { chromium, openssl, pdfTools, rsyslog, softhsmModule } from './system-packages.ts';

interface Counts {
  passed: number;
  failed: number;
}

const reports = mkdtempSync(join(tmpdir(), 'smartcms-test-'));
let counts: Counts = { passed: 0, failed: 0 };

try {
  // One after the other: two installations of packages at once lock each other out.
  for (const ensure of [openssl, softhsmModule, chromium, pdfTools, rsyslog]) await ensure();
  add(await checks());
  add(await vitest('parts', ['--project', 'parts', '--project', 'pkcs11']));
  add(await vitest('whole', ['--project', 'system']));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  add({ passed: 0, failed: 1 });
} finally {
  rmSync(reports, { recursive: true, force: true });
}
process.exitCode = counts.failed || !counts.passed ? 1 : 0;
console.log(`${counts.passed} passed, ${counts.failed} failed`);

function add({ passed, failed }: Counts): void {
  counts = { passed: counts.passed + passed, failed: counts.failed + failed };
}

async function checks(): Promise<Counts> {
  const results = await runChecks(({ name, passed, seconds, output }) => {
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} ${seconds.toFixed(1)} s${passed ? '' : `\n${output}`}`);
  });
  const failed = results.filter((result) => !result.passed).length;
  return { passed: results.length - failed, failed };
}

/** A run that ends badly without a failed test (a file that cannot be loaded, an error outside a test) counts as one failure. */
async function vitest(name: string, args: string[]): Promise<Counts> {
  const report = join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const { passed, failed } = countsOf(report);
  return { passed, failed: failed || (code === 0 ? 0 : 1) };
}

function countsOf(report: string): Counts {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const json = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number };
  return { passed: json.numPassedTests, failed: json.numFailedTests };
}
