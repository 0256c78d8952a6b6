import type { Result } from './benchmark.ts';

/** The results as a Markdown table, as docs/PERFORMANCE.md has it. */
export const table = (results: readonly Result[]): string =>
  [
    '| id | what | value | aim | met | foreign CPU | note |',
    '|---|---|---|---|---|---|---|',
    ...results.map(
      (r) =>
        `| ${[r.id, r.title, shown(r), r.aim, met(r), r.foreignCpu === null ? '' : `${Math.round(r.foreignCpu * 100)} %`, r.note].join(' | ')} |`,
    ),
  ].join('\n');

const shown = ({ value, unit }: Result): string => (value === null ? 'not run' : `${Number(value.toPrecision(3))} ${unit}`.trim());
const met = ({ met }: Result): string => (met === null ? '' : met ? 'yes' : 'no');
