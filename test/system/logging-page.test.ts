import { expect, test } from 'vitest';

import { sees, signIn, useBrowser, words } from './browser.ts';
import { as } from './people.ts';
import { until } from './until.ts';

const { visit } = useBrowser();
const t = words.en.logging;

test('the administrator follows one call of the browser through the log, and changes a level on the way', async () => {
  const page = await visit();
  await signIn(page, 'sa@aurelia.example');
  const [request] = await Promise.all([
    page.waitForRequest((r) => r.url().endsWith('/api/logging')),
    page.getByRole('link', { name: words.en.nav.logging, exact: true }).click(),
  ]);
  const requestId = (await request.allHeaders())['x-request-id'] ?? '';
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect((await (await request.response())?.allHeaders())?.['x-request-id']).toBe(requestId);

  const level = page.getByLabel(t.levelOf(t.modules.mail), { exact: true });
  await level.selectOption({ label: t.levelNames.debug });
  await page.getByRole('status').getByText(t.saved(t.modules.mail, t.levelNames.debug)).waitFor();
  const sa = await as('sa');
  const { modules } = await sa.get<{ modules: { module: string; level: string | null }[] }>('/logging');
  expect(modules.filter((m) => m.level !== null)).toEqual([{ module: 'mail', level: 'debug' }]);
  await level.selectOption({ label: t.asStarted });
  await page.getByRole('status').getByText(t.asStarted).waitFor();

  await until('the line in the database', async () => {
    const { items } = await sa.get<{ items: unknown[] }>(`/log-entries?requestId=${requestId}`);
    return items.length > 0;
  });
  await page.goto(`/logging?requestId=${requestId}`);
  await sees(page, 'readLogging');
  expect(await page.getByRole('row').count()).toBe(2);
});
