import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../local/paths.ts';
import type { Benchmark } from './benchmark.ts';
import { caller, latenciesOf, type Caller } from './http-load.ts';
import { peopleCsv } from './people.ts';

const PATHS = ['/home', '/requests', '/requests?search=rossi', '/devices', '/units'];
const CARDS = 60;
const PAUSE_MS = 20;

/** What an officer at a screen waits while twenty cards are being made on the same two cores. */
export const interactive: Benchmark = {
  id: 'P12',
  title: 'API p99 while 20 cards are made at once ÷ idle',
  unit: '×',
  aim: { text: '≤ 2 (must: ≤ 4, ≤ 300 ms); with a bureau batch once there is one', atMost: 2 },
  async run({ lab, seed }) {
    const { url, env } = await lab.services();
    const officer = await caller(url, 'do@aurelia.example');
    await watch(officer, { calls: 200 });
    const idle = latenciesOf(await watch(officer, { calls: 600 }));
    const file = join(mkdtempSync('/var/tmp/smartcms-bench-people-'), 'people.csv');
    writeFileSync(file, peopleCsv({ count: CARDS, seed }));
    const args = [join(root, 'cli/main.ts'), 'issue', file, '--json', '--jobs', '20', '--url', url];
    const cards = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    let running = true;
    const ended = once(cards, 'exit').then(([code]) => {
      running = false;
      return code as number | null;
    });
    const loaded = latenciesOf(await watch(officer, { while: () => running }));
    if ((await ended) !== 0) throw new Error('not every card was made');
    officer.close();
    return {
      value: Math.round((loaded.p99 / idle.p99) * 100) / 100,
      raw: { idle, loaded, cards: CARDS },
      note: `p99 ${loaded.p99} ms under load, ${idle.p99} ms idle; p50 ${loaded.p50} and ${idle.p50} ms`,
    };
  },
};

/** One answer after the other, with the pause of a quick person. */
async function watch(officer: Caller, until: { calls: number } | { while: () => boolean }): Promise<number[]> {
  const times: number[] = [];
  const more = () => ('calls' in until ? times.length < until.calls : until.while());
  for (let n = 0; more(); n++) {
    times.push(await officer.get(PATHS[n % PATHS.length] ?? '/home'));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return times;
}
