import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { root } from '../../local/paths.ts';
import type { Outcome } from '../chaos/run.ts';

const storm = ['--cards', '24', '--kills', '12', '--mean', '2500', '--recoveries', '0'];

/** In a process of its own, as SoftHSM reads its configuration once. */
const run = (): Promise<{ code: number | null; output: string; said: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, 'test/chaos/main.ts'), ...storm], (_error, output, said) =>
      resolve({ code: child.exitCode, output, said }),
    );
  });

test('whatever is killed while cards are made, suspended and revoked, nothing is lost, doubled or left over', async () => {
  const { code, output, said } = await run();
  expect(output, said).toMatch(/^\{/);
  const { killed, wrong, cards } = JSON.parse(output) as Outcome;
  expect(wrong, said).toEqual([]);
  expect({ cards, kills: Object.values(killed).reduce((sum, n) => sum + n, 0), code }).toEqual({ cards: 24, kills: 12, code: 0 });
}, 420_000);
