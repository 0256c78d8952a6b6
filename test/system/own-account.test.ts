import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { generate } from 'otplib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { root } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { openProcesses, type Processes } from '../../local/processes.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { sees, useBrowser, words } from './browser.ts';
import { as } from './people.ts';
import { plant } from './plant.ts';
import { until } from './until.ts';

const { visit } = useBrowser();
const t = words.en;

interface Somebody {
  login: string;
  password: string;
}

/** A new delegated officer, with the password that an administrator made. */
async function newOfficer(): Promise<Somebody> {
  const sa = await as('sa');
  const { items } = await sa.get<{ items: { id: string; code: string }[] }>('/units?limit=200');
  const unitId = items.find(({ code }) => code === 'OSL')?.id;
  const login = `${randomUUID()}@example.it`;
  const operator = { givenName: 'Nora', familyName: 'Villa', email: login, locale: 'en' };
  const { id } = await sa.post<{ id: string }>('/operators', { operator, assignments: [{ role: 'DO', unitId, visibility: 'office' }] });
  const { password } = await sa.post<{ password: string }>(`/operators/${id}/first-password`);
  plant('password', password);
  return { login, password };
}

async function typePassword(page: Page, { login, password }: Somebody, url = ''): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel(t.signIn.login, { exact: true }).fill(login);
  await page.getByLabel(t.signIn.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: t.signIn.submit, exact: true }).click();
}
/** The link in the newest mail to an address. */
async function linkFor(to: string): Promise<string | undefined> {
  const mails = (await (await fetch(new URL('api/mails', inject('system').mailUrl))).json()) as { to: string[]; text: string }[];
  const texts = mails.filter((mail) => mail.to.includes(to)).map(({ text }) => /http\S+#[\w-]+/.exec(text)?.[0]);
  return texts.find(Boolean);
}
/** Not from a page that still asks the API for something. */
async function leave(page: Page): Promise<void> {
  await page.goto('about:blank');
  await page.context().clearCookies();
}

const home = (page: Page) => page.waitForURL((url) => url.pathname === '/');

test('an officer sets up an app, signs in by its code, and by a recovery code when the phone is gone', async () => {
  const page = await visit({ refused: '/api/session' });
  const officer = await newOfficer();
  await typePassword(page, officer);
  await home(page);
  await page.getByRole('button', { name: t.nav.account }).click();
  await page.getByRole('menuitem', { name: t.account.title }).click();
  await page.getByRole('button', { name: t.account.setUp }).click();
  const seed = (await page.locator('dialog .id.long').innerText()).replaceAll(' ', '');
  plant('password', seed);
  await page.getByRole('img', { name: t.account.qr }).waitFor();
  await page.getByLabel(t.account.code, { exact: true }).fill(await generate({ secret: seed }));
  await page.getByRole('button', { name: t.account.confirm }).click();
  await sees(page, t.account.recoveryText);
  const [recovery = ''] = await page.locator('dialog li').allInnerTexts();
  plant('password', recovery);
  await page.getByRole('button', { name: t.account.recoverySaved }).click();
  await sees(page, t.account.recoveryLeft(10));

  await leave(page);
  await typePassword(page, officer);
  await page.getByRole('heading', { name: t.signIn.factorTitle }).waitFor();
  // the code of now was used up when the app was confirmed: the next one counts already
  await page.getByLabel(t.signIn.factorCode, { exact: true }).fill(await generate({ secret: seed, epoch: Date.now() / 1000 + 30 }));
  await page.getByRole('button', { name: t.signIn.factorSubmit }).click();
  await home(page);

  await leave(page);
  await typePassword(page, officer);
  await page.getByLabel(t.signIn.factorCode, { exact: true }).fill(recovery);
  await page.keyboard.press('Enter');
  await home(page);
});

test('who forgot the password sets a new one by the link of the mail', async () => {
  const page = await visit({ refused: '/api/session' });
  const officer = await newOfficer();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: t.signIn.forgotten }).click();
  await page.getByRole('heading', { name: t.signIn.forgottenTitle }).waitFor();
  await page.getByLabel(t.signIn.login, { exact: true }).fill(officer.login);
  await page.getByRole('button', { name: t.signIn.forgottenSubmit }).click();
  await sees(page, t.signIn.forgottenDone);
  const link = await until('the mail with the link', () => linkFor(officer.login));
  plant('reset link', new URL(link).hash.slice(1));
  await page.goto(link);
  const password = `${randomUUID()} rhymes`;
  plant('password', password);
  await page.getByLabel(t.account.newPassword, { exact: true }).fill(password);
  await page.getByRole('button', { name: t.signIn.resetSubmit }).click();
  await sees(page, t.signIn.resetDone);
  await typePassword(page, { ...officer, password });
  await home(page);
});

test('what is dangerous asks again for the password once the sign-in is old, and then goes on by itself', async () => {
  const page = await visit({ refused: '/api/account' });
  const officer = await newOfficer();
  await typePassword(page, officer);
  await home(page);
  await page.goto('/account');
  // Five minutes later: the first answer is what the API says then.
  await page.route(
    '**/api/account/totp',
    (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'step_up_needed', ways: ['password'] }),
      }),
    { times: 1 },
  );
  await page.getByRole('button', { name: t.account.setUp }).click();
  await page.getByRole('heading', { name: t.account.stepTitle }).waitFor();
  await page.getByRole('dialog', { name: t.account.stepTitle }).getByLabel(t.signIn.password, { exact: true }).fill(officer.password);
  await page.getByRole('button', { name: t.account.prove, exact: true }).click();
  await page.getByRole('img', { name: t.account.qr }).waitFor();
});

// A passkey belongs to a name, and the system under test is reached by an address: an API of its own has one.
let dir: string;
let processes: Processes;
let named: string;
beforeAll(async () => {
  dir = makeStackDir('named');
  processes = await openProcesses(dir);
  const port = await freePort();
  named = `http://localhost:${port}`;
  const env = { ...inject('system').env, API_PORT: String(port), PUBLIC_URL: named, METRICS_PORT: String(await freePort()) };
  processes.start({ name: 'api', args: [join(root, 'api/main.ts')], env });
  await until('the API with a name', () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
}, 60_000);
afterAll(async () => {
  await processes.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

test('an officer makes a passkey and signs in with it', async () => {
  const page = await visit({ refused: '/api/session' });
  const chromium = await page.context().newCDPSession(page);
  await chromium.send('WebAuthn.enable');
  const authenticator = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const;
  const { authenticatorId } = await chromium.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...authenticator, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const officer = await newOfficer();
  await typePassword(page, officer, named);
  await home(page);
  await page.goto(`${named}/account`);
  await page.getByRole('button', { name: t.account.addPasskey }).click();
  await page.getByLabel(t.account.passkeyName, { exact: true }).fill('Office laptop');
  await page.getByRole('dialog').getByRole('button', { name: t.account.addPasskey }).click();
  await page.getByRole('button', { name: t.account.recoverySaved }).click();
  await sees(page, 'Office laptop');

  await leave(page);
  await typePassword(page, officer, named);
  await page.getByRole('button', { name: t.account.usePasskey }).click();
  await home(page);
  await page.goto(`${named}/account`);
  await sees(page, /password \+ passkey/);
  const { credentials } = await chromium.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toMatchObject([{ rpId: 'localhost', signCount: 2 }]);
});
