import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';

import { activationCode } from '../../local/demo-mail.ts';
import { signIn, useBrowser, words } from './browser.ts';
import { choosePin, openMailer } from './by-hand.ts';
import { person, type RequestDetail } from './client.ts';
import { inDatabases, inFiles, leaksIn, wanted } from './leaks.ts';
import { as, newPin, produced, reaches, somebody } from './people.ts';
import { plant, seen } from './plant.ts';

// What all tests planted is looked for at the end of the run (setup.ts). Here are the flow that meets every secret, and that the search finds.
const { visit } = useBrowser();
const t = words.en;

/** What a browser keeps of a page, besides the cookies: those that scripts can read, storages, history and the addresses of what was loaded. */
const keptByPage = `(async () => JSON.stringify({
  cookie: document.cookie, local: { ...localStorage }, session: { ...sessionStorage }, databases: await indexedDB.databases(),
  caches: await caches.keys(), history: history.state, name, loaded: performance.getEntries().map((entry) => entry.name),
}))()`;
const noteKept = async (page: Page) => seen('storage', await page.evaluate<string>(keptByPage));

/** The officer prints the PIN mailer; its PUK is planted. */
async function printsMailer(request: RequestDetail): Promise<void> {
  const page = await visit();
  await signIn(page, 'do@aurelia.example');
  await page.goto(`/requests/${request.id}`);
  let pdf: Buffer = Buffer.alloc(0);
  await page.route('**/pin-mailer', async (route) => {
    const response = await route.fetch();
    pdf = await response.body();
    await route.fulfill({ response, body: pdf });
  });
  await openMailer(page);
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' });
  // PIN and PUK side by side; six digits of a PIN would be found by chance.
  const puk = /^\s+\d{6}\s+(\d{8})\s*$/m.exec(text)?.[1];
  if (!puk) throw new Error('the PIN mailer shows no PUK');
  plant('PUK', puk);
  await noteKept(page);
}

async function activates(request: RequestDetail, code: string): Promise<void> {
  const page = await visit({ width: 390 });
  await page.goto('/my/activate');
  await page.getByLabel(t.portal.serial, { exact: true }).fill(request.deviceSerial ?? '');
  await page.getByLabel(t.portal.code, { exact: true }).fill(code);
  await page.getByRole('button', { name: t.act.continue, exact: true }).click();
  await choosePin(page, { pin: newPin(), password: 'canary-yellow-in-a-coal-mine' });
  await noteKept(page);
}

test('a card from the request to its activation leaves no secret anywhere, and personal data only where they belong', async () => {
  const holder = somebody();
  const request = await produced(holder);
  await printsMailer(request);
  const officer = await as('do');
  await officer.post(`/requests/${request.id}/delivery`);
  const code = await activationCode({ mailUrl: inject('system').mailUrl, to: holder.email });
  const wrong = { serial: request.deviceSerial, code: 'WRQNGCQDE2', pin: newPin(), password: 'canary-blue-in-a-coal-mine' };
  await expect(person().post('/portal/activation', wrong)).rejects.toMatchObject({ code: 'code_wrong' });
  plant('activation code', code);
  await activates(request, code);
  await reaches(officer, request.id, 'closed');
  await expect(person().signIn('do@aurelia.example', 'canary-red-in-a-coal-mine')).rejects.toMatchObject({ status: 401 });

  const { dir, env } = inject('system');
  const kept = (what: string) => readFileSync(join(dir, 'seen', what), 'utf8');
  expect(kept('addresses')).toContain('/api/portal/activation');
  expect(kept('storage')).toContain('smartcms.locale');
  expect(kept('refusals')).toContain('code_wrong');
  const values = await wanted({ dir, env });
  const findings = [...(await inDatabases({ dir, env }, values)), ...inFiles(dir, values)];
  expect(findings).toEqual(
    expect.arrayContaining([
      { kind: 'tax code', place: 'smartcms public.holders' },
      { kind: 'document number', place: 'smartcms public.holders' },
      { kind: 'hsm-pin', place: 'secrets/hsm-pin' },
      { kind: 'activation code', place: expect.stringMatching(/^mail\//) as string },
    ]),
  );
  expect(leaksIn(findings)).toEqual([]);
});
