import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';

import type { ReceivedMail } from '../../local/mail-store.ts';
import { sees, signIn, useBrowser, words } from './browser.ts';
import { as, produced, reaches, somebody, submitted } from './people.ts';
import { until } from './until.ts';

const { visit } = useBrowser();
const t = words.en;

// Angle brackets are refused at the door; this is what passes, and would be markup, code or a formula elsewhere.
const markup = `"&lt;img src=x onerror=alert(1)&gt;' {{7*7}} \${7*7} {@html 1}`;
const formula = '=1+1';
const hostile = () => ({ ...somebody(), givenName: formula, familyName: `O'&amp;"Neil` });
const name = `${formula} O'&amp;"Neil`;

/** Nothing that was typed became an element. */
const harmless = async (page: Page) => expect(await page.locator('img[src="x"], [onerror]').count()).toBe(0);

test('what is typed comes back as text: names, comments and reasons in request, list, search and audit', async () => {
  const request = await submitted(hostile());
  const officer = await as('do');
  await reaches(officer, request.id, 'pending_approval');
  await officer.post(`/requests/${request.id}/decisions`, { verdict: 'reject', comment: markup });
  const page = await visit({ refused: 'search=%3Cimg' });
  await signIn(page, 'do@aurelia.example');
  await page.goto(`/requests/${request.id}`);
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await sees(page, markup);
  await harmless(page);
  await page.goto(`/requests?search=${encodeURIComponent(name)}`);
  await page.getByRole('link', { name, exact: true }).first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(`<img src=x onerror=alert(1)>`);
  await sees(page, t.palette.nothing('<img src=x onerror=alert(1)>'));
  await harmless(page);

  const auditor = await visit();
  await signIn(auditor, 'ao@aurelia.example');
  await auditor.goto(`/audit?search=${encodeURIComponent('onerror=alert')}`);
  await sees(auditor, 'onerror=alert');
  await harmless(auditor);
});

test('angle brackets are refused in a field, which says so', async () => {
  const page = await visit();
  await signIn(page, 'ro@aurelia.example');
  await page.goto('/requests/new');
  const field = page.getByLabel(t.holder.givenName, { exact: true });
  await field.fill('"><img src=x onerror=alert(1)>');
  await field.blur();
  await page.locator('.msg.bad').waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await harmless(page);
});

test('the mail to a holder and its page in the inbox have the name as text', async () => {
  const holder = hostile();
  const request = await produced(holder);
  const officer = await as('do');
  await officer.post(`/requests/${request.id}/delivery`);
  const { mailUrl } = inject('system');
  const mail = await until('the mail', async () =>
    ((await (await fetch(new URL('api/mails', mailUrl))).json()) as ReceivedMail[]).find((one) => one.to.includes(holder.email)),
  );
  expect(mail.text).toContain(formula);
  const page = await visit();
  await page.goto(mailUrl);
  await page.getByRole('link').filter({ hasText: mail.subject }).first().click();
  await sees(page, formula);
  await harmless(page);
});

test('comments of a suspension stand as text in the history of the card', async () => {
  const request = await produced(hostile());
  const helpDesk = await as('hd');
  const device = request.device?.id ?? '';
  await helpDesk.post(`/devices/${device}/revocation`, { cause: 'other', comment: markup });
  const page = await visit();
  await signIn(page, 'ao@aurelia.example');
  await until('the event in the audit', async () => {
    await page.goto(`/audit?objectType=devices&objectId=${device}`);
    await page.getByRole('row').nth(1).waitFor();
    return (await page.getByText(markup).count()) > 0;
  });
  await harmless(page);
});
