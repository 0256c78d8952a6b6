// Measures the system and says how it stands to its goals: npm run bench -- [--only P3,P8] [--json file] [--rounds 5] [--seed 1] [--compare before.json after.json]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { benchmarks } from './benchmarks.ts';
import { compare } from './compare.ts';
import { openLab } from './lab.ts';
import { runAll } from './run.ts';
import { table } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    compare: { type: 'boolean', default: false },
  },
});

if (values.compare) {
  const worse = compare(positionals[0] ?? '', positionals[1] ?? '');
  console.log(worse.length === 0 ? 'Nothing is worse by a tenth.' : worse.join('\n'));
  process.exitCode = worse.length === 0 ? 0 : 1;
} else {
  const ids = values.only?.split(',').map((id) => id.trim().toUpperCase());
  const unknown = ids?.filter((id) => !benchmarks.some((b) => b.id === id)) ?? [];
  if (unknown.length > 0)
    throw new Error(`There is no benchmark ${unknown.join(', ')}. There are ${benchmarks.map((b) => b.id).join(', ')}.`);
  const chosen = benchmarks.filter((b) => !ids || ids.includes(b.id));
  const say = (line: string) => console.error(line);
  // Not below /tmp: that may be memory, and commits would cost nothing.
  const dir = mkdtempSync('/var/tmp/smartcms-bench-');
  const lab = openLab(dir, say);
  const results = await runAll(chosen, { lab, say, seed: Number(values.seed), rounds: Number(values.rounds) }).finally(async () => {
    await lab.close();
    rmSync(dir, { recursive: true, force: true });
  });
  if (values.json) writeFileSync(values.json, JSON.stringify(Object.fromEntries(results.map((r) => [r.id, r])), null, 2));
  console.log(table(results));
}
