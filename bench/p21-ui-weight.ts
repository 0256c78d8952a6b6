import type { Benchmark } from './benchmark.ts';
import { inBrowser } from './browser.ts';

/** What a browser must fetch before a person can work. */
export const uiWeight: Benchmark = {
  id: 'P21',
  title: 'first load of the home page: scripts as they travel',
  unit: 'kB',
  aim: { text: '≤ 60 (must: ≤ 100); in all ≤ 120; a further page ≤ 25', atMost: 60 },
  async run({ lab }) {
    const { url } = await lab.services();
    return inBrowser({ url }, async ({ page, signIn, transferred }) => {
      await signIn('do@aurelia.example');
      await page.context().clearCookies({ name: 'none' });
      const first = await transferred(() => page.goto('/', { waitUntil: 'networkidle' }), { cold: true });
      const further: Record<string, number> = {};
      for (const path of ['/requests', '/requests/new', '/devices', '/desk'])
        further[path] = (await transferred(() => page.goto(path, { waitUntil: 'networkidle' }))).scripts;
      const largest = Math.max(...Object.values(further));
      return {
        value: first.scripts,
        raw: { first, further },
        note: `in all ${first.all} kB; the heaviest further page ${largest} kB of scripts`,
      };
    });
  },
};
