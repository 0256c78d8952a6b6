import { randomInt } from 'node:crypto';

import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';

import { activationCode } from '../../local/demo-mail.ts';
import { choosePin, openMailer } from './by-hand.ts';
import { hasFocus, sees, signIn, useBrowser, words } from './browser.ts';
import { as, newPin, reaches, somebody, submitted } from './people.ts';
import { until } from './until.ts';

const { visit } = useBrowser();
const t = words.en;

type Holder = ReturnType<typeof somebody>;
const nameOf = (holder: Holder) => `${holder.givenName} ${holder.familyName}`;

/** A person whose name nobody else has, so that a list shows one row of it. */
function stranger(): Holder {
  const letters = Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('');
  return { ...somebody(), familyName: `D'${letters.charAt(0).toUpperCase()}${letters.slice(1)}` };
}

const inMain = (page: Page) => page.getByRole('main');
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name, exact: true });
/** The state in the head of the page, beside the title. */
const state = (page: Page, name: string) => inMain(page).locator('.badge', { hasText: name }).first();
const journal = (page: Page) => page.getByRole('list', { name: t.desk.journal });
const dialog = (page: Page) => page.getByRole('dialog');

/** A tax code with another check character than it has. */
const mistyped = (code: string) => code.slice(0, 15) + (code.endsWith('A') ? 'B' : 'A');

async function fillHolder(page: Page, holder: Holder): Promise<void> {
  await field(page, t.holder.givenName).fill(holder.givenName);
  await field(page, t.holder.familyName).fill(holder.familyName);
  await field(page, t.holder.birthDate).fill(holder.birthDate);
  await field(page, t.holder.birthPlace).fill(holder.birthPlace);
  await field(page, t.holder.email).fill(holder.email);
  await field(page, t.holder.kind).selectOption(holder.document.kind);
  await field(page, t.holder.docNumber).fill(holder.document.number);
  await field(page, t.holder.issuer).fill(holder.document.issuer);
}

/** Types a wrong tax code, then the right one, and is told both times without leaving the field. */
async function typeTaxCode(page: Page, code: string): Promise<void> {
  const input = field(page, t.holder.taxCode);
  await input.pressSequentially(mistyped(code));
  await inMain(page).locator('.msg.bad').waitFor();
  expect(await input.getAttribute('aria-invalid')).toBe('true');
  await input.fill(code);
  await sees(page, t.holder.taxCodeGood);
  expect(await input.getAttribute('aria-invalid')).toBeNull();
}

/** The RO registers; an expired document is refused with a summary that leads to the field. Returns the address of the request. */
async function registers(holder: Holder): Promise<string> {
  const page = await visit();
  await signIn(page, 'ro@aurelia.example');
  await page.keyboard.press('n');
  await heading(page, t.newRequest.title).waitFor();
  await typeTaxCode(page, holder.taxCode);
  await fillHolder(page, holder);
  await field(page, t.holder.expiresOn).fill('2020-01-01');
  await page.getByRole('radio', { name: 'Staff card' }).check();
  await button(page, t.newRequest.submit).click();

  const summary = page.getByRole('alert').filter({ hasText: t.field.summary(1) });
  await summary.waitFor();
  expect(await page.title()).toContain(t.app.titleError);
  await hasFocus(summary);
  await summary.getByRole('link').click();
  await hasFocus(field(page, t.holder.expiresOn));
  await field(page, t.holder.expiresOn).fill(holder.document.expiresOn);
  await button(page, t.newRequest.submit).click();

  await heading(page, nameOf(holder)).waitFor();
  await state(page, t.states.request.pending_approval).waitFor();
  await sees(page, t.request.waits.approvalNotYou);
  expect(await button(page, t.request.approve).count()).toBe(0);
  return new URL(page.url()).pathname;
}

/** The DO finds it at home, approves with one key, and makes the card: its steps appear by themselves. */
async function approvesAndProduces(holder: Holder, request: string): Promise<Page> {
  const page = await visit();
  await signIn(page, 'do@aurelia.example');
  await page.getByRole('link', { name: `${t.home.buttons.approve}: ${nameOf(holder)}` }).click();
  await page.waitForURL((url) => url.pathname === request);
  await button(page, t.request.approve).waitFor();
  await page.keyboard.press('a');
  await state(page, t.states.request.approved).waitFor();

  await field(page, t.desk.station).selectOption({ index: 1 });
  await button(page, t.request.produce).click();
  await journal(page).waitFor();
  await state(page, t.states.request.produced).waitFor({ timeout: 60_000 });
  await sees(page, t.desk.ready);
  expect(await journal(page).getByRole('img', { name: t.desk.state.done, exact: true }).count()).toBe(Object.keys(t.steps).length);
  return page;
}

/** Prints the PIN mailer into a new tab; afterwards nothing offers it again, and the API refuses it. */
async function printsMailer(page: Page): Promise<void> {
  const response = await openMailer(page);

  await page.reload();
  await page.getByText(t.request.mailerPrinted('')).first().waitFor();
  expect(await button(page, t.request.mailerPrint).count()).toBe(0);
  const again = await page.request.post(response.url(), { data: {} });
  expect(again.status()).toBe(410);
}

/** Hands the card over: not before person and card are checked. */
async function handsOver(page: Page): Promise<void> {
  await page.keyboard.press('h');
  const yes = dialog(page).getByRole('button', { name: t.request.deliverYes, exact: true });
  await yes.click();
  await dialog(page).getByRole('alert').filter({ hasText: t.request.deliverMissing }).waitFor();
  for (const check of await dialog(page).getByRole('checkbox').all()) await check.check();
  await yes.click();
  await state(page, t.states.request.delivered).waitFor();
  await sees(page, t.request.waits.activation);
}

/** The holder activates the card with the code from the mail, and sees it in use. */
async function activates(holder: Holder, serial: string): Promise<void> {
  const page = await visit({ width: 390 });
  await page.goto('/my');
  await page.getByRole('link', { name: t.portal.activateLink }).click();
  await field(page, t.portal.serial).fill(serial.replace(/.$/, (last) => String((Number(last) + 1) % 10)));
  await field(page, t.portal.code).fill(await activationCode({ mailUrl: inject('system').mailUrl, to: holder.email }));
  await button(page, t.act.continue).click();
  await sees(page, t.portal.serialWrong);
  await field(page, t.portal.serial).fill(serial);
  await button(page, t.act.continue).click();
  await choosePin(page, { pin: newPin(), password: 'a long new password' });
  await page.getByRole('link', { name: t.portal.toCards }).click();
  await heading(page, t.portal.hello(holder.givenName)).waitFor();
  await sees(page, t.portal.stateText['active'] ?? '');
}

/** The help desk stops the card from the list, lets it work again, and ends it; each with its reason. */
async function suspendsAndRevokes(holder: Holder): Promise<string> {
  const page = await visit();
  await signIn(page, 'hd@aurelia.example');
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await heading(page, t.devices.title).waitFor();
  await page.getByRole('searchbox', { name: t.list.search }).fill(holder.familyName);
  const row = page.getByRole('row').filter({ hasText: nameOf(holder) });
  await row.waitFor();
  await until('one row', async () => (await page.locator('tr[data-row]').count()) === 1);

  await row.getByRole('button', { name: t.devices.suspend }).click();
  await answers(page, { cause: t.causes.hold.absence, yes: t.devices.suspendYes });
  await row.getByText(t.states.device.suspended).waitFor();
  await row.getByRole('button', { name: t.devices.reactivate }).click();
  await answers(page, { cause: t.causes.hold.absence, yes: t.devices.liftYes });
  await row.getByText(t.states.device.active).waitFor();
  await row.getByRole('button', { name: t.devices.revoke }).click();
  await answers(page, { cause: t.causes.revocation.left_organisation, comment: 'Works elsewhere now', yes: t.devices.revokeYes });
  await row.getByText(t.states.device.revoked).waitFor();
  expect(await row.getByRole('button').count(), 'acts on a revoked card').toBe(0);

  await row.getByRole('link').first().click();
  await page.getByText(t.devices.publishedIn(0).replace(/\d+$/, '')).nth(1).waitFor();
  await sees(page, t.devices.historyConfirmed.revocation);
  return page.url().split('/').at(-1) ?? '';
}

/** A dialog asks for a reason before it acts. */
async function answers(page: Page, { cause, comment, yes }: { cause: string; comment?: string; yes: string }): Promise<void> {
  const act = dialog(page).getByRole('button', { name: yes, exact: true });
  await act.click();
  await dialog(page).getByText(t.field.reasonMissing).waitFor();
  await dialog(page).getByRole('radio', { name: cause }).check();
  if (comment) await dialog(page).getByLabel(t.field.comment).fill(comment);
  await act.click();
  await dialog(page).waitFor({ state: 'hidden' });
}

/** The auditor sees the trail of the card, what the revocation changed, and that the chain is whole. */
async function audits(device: string): Promise<void> {
  const page = await visit();
  await signIn(page, 'ao@aurelia.example');
  await page.goto(`/audit?objectType=devices&objectId=${device}`);
  await heading(page, t.audit.title).waitFor();
  await page.getByRole('heading', { level: 2, name: t.audit.trailOf('').trim() }).waitFor();
  const diff = page.getByRole('table', { name: t.audit.beforeAfter });
  await until('the revocation in the trail', async () => {
    await page.reload();
    await page
      .getByRole('row')
      .filter({ hasText: t.audit.operations['update'] ?? '' })
      .first()
      .click();
    return (await diff.getByRole('row').filter({ hasText: 'revoked' }).count()) > 0;
  });
  const change = diff.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'state', exact: true }) });
  expect(await change.getByRole('deletion').textContent()).toBe('active');
  expect(await change.getByRole('insertion').textContent()).toBe('revoked');
  await button(page, t.audit.verify).click();
  await page.getByRole('status').filter({ hasText: t.audit.verified }).waitFor();
}

test('by hand: a person is registered, becomes the holder of a card that works, and the card is stopped, with the whole trail', async () => {
  const holder = stranger();
  const request = await registers(holder);
  const officer = await approvesAndProduces(holder, request);
  await printsMailer(officer);
  await handsOver(officer);
  const { deviceSerial } = await reaches(await as('do'), request.split('/').at(-1) ?? '', 'delivered');
  await activates(holder, deviceSerial ?? '');
  await state(officer, t.states.request.closed).waitFor();
  await audits(await suspendsAndRevokes(holder));
});

test('with the keyboard alone: sign in, go to the requests, choose one, open and approve it', async () => {
  const holder = stranger();
  await submitted(holder);
  const page = await visit();
  await page.goto('/sign-in');
  await hasFocus(field(page, t.signIn.login));
  await page.keyboard.type('do@aurelia.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type('smartcms-demo');
  await page.keyboard.press('Enter');
  await heading(page, /Paolo/).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await heading(page, t.requests.title).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(holder.familyName);
  await until('one row', async () => (await page.locator('tr[data-row]').count()) === 1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await heading(page, nameOf(holder)).waitFor();
  await button(page, t.request.approve).waitFor();
  await page.keyboard.press('a');
  await state(page, t.states.request.approved).waitFor();
});
