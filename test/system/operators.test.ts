import { randomUUID } from 'node:crypto';

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { shippedRoles } from '../../domain/permissions.ts';
import { sees, signIn, useBrowser, words } from './browser.ts';
import { plant } from './plant.ts';

const { visit } = useBrowser();
const { nav, operators: t, signIn: s, oops } = words.en;
const byLabel = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Adds a registration officer of the hospital, and answers the password to hand over. */
async function addOfficer(page: Page, email: string): Promise<string> {
  await page.getByRole('link', { name: nav.operators, exact: true }).click();
  await page.getByRole('link', { name: t.add }).click();
  await byLabel(page, t.givenName).fill('Nadia');
  await byLabel(page, t.familyName).fill('Russo');
  await byLabel(page, t.email).fill(email);
  await byLabel(page, t.unit).selectOption({ label: 'Ospedale Santa Lucia' });
  await byLabel(page, t.role).selectOption({ label: 'Registration officer' });
  await button(page, t.add).click();
  await page.getByRole('heading', { level: 1, name: 'Nadia Russo' }).waitFor();
  await sees(page, t.noPassword);
  await page.keyboard.press('p');
  await button(page, t.firstPasswordYes).click();
  await sees(page, t.passwordIs);
  const password = (await page.locator('dialog .id').textContent()) ?? '';
  plant('password', password);
  await button(page, words.en.act.close).click();
  return password;
}

test('the administrator makes an officer, who sees exactly what the role allows, until the next call after the deactivation', async () => {
  const email = `${randomUUID()}@example.it`;
  const admin = await visit();
  await signIn(admin, 'sa@aurelia.example');
  const password = await addOfficer(admin, email);

  const officer = await visit({ refused: '/api/' });
  await officer.goto('/sign-in');
  await byLabel(officer, s.login).fill(email);
  await byLabel(officer, s.password).fill(password);
  await button(officer, s.submit).click();
  await officer.getByRole('link', { name: nav.requests, exact: true }).waitFor();
  for (const hidden of [nav.operators, nav.roles, nav.audit, nav.logging])
    expect(await officer.getByRole('link', { name: hidden, exact: true }).count()).toBe(0);
  const me = (await (await officer.request.get('/api/me')).json()) as { permissions: string[] };
  expect(me.permissions.toSorted()).toEqual(shippedRoles.RO.toSorted());
  await officer.goto('/operators');
  await sees(officer, oops.noRole);

  await admin.keyboard.press('d');
  await byLabel(admin, words.en.field.reason).fill('Works elsewhere');
  await button(admin, t.deactivateYes).click();
  await sees(admin, t.states.deactivated);
  await officer.getByRole('link', { name: nav.requests, exact: true }).click();
  await officer.getByRole('heading', { level: 1, name: s.title }).waitFor();
});

test('the page of an operator says why they may not', async () => {
  const page = await visit();
  await signIn(page, 'sa@aurelia.example');
  await page.goto('/operators?search=giulia');
  await page.getByRole('link', { name: 'Giulia Ferrari' }).click();
  await byLabel(page, t.permission).selectOption({ label: words.en.permissions['request.decide'] });
  await button(page, t.ask).click();
  await sees(page, t.rules.role);
  await byLabel(page, t.permission).selectOption({ label: words.en.permissions['holder.read'] });
  await byLabel(page, t.where).selectOption({ label: 'Ospedale Santa Lucia' });
  await button(page, t.ask).click();
  await sees(page, t.rules.assignment);
  await sees(page, t.ownOnly);
});
