// Examines the whole checkout: format, lint, types, pages, import rules, dead code. Exit code 1 when anything is wrong.
import { runChecks, type CheckResult } from './checks.ts';

const line = ({ name, passed, seconds }: CheckResult) => `${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1)} s`;

const results = await runChecks((result) => console.log(line(result)));
const failed = results.filter((result) => !result.passed);
for (const { name, output } of failed) console.log(`\n--- ${name} ---\n${output.trim()}`);
process.exitCode = failed.length ? 1 : 0;
