import type { Page, Response } from 'playwright-core';
import { expect } from 'vitest';

import { words } from './browser.ts';
import { plant } from './plant.ts';

const t = words.en;

/** Prints the PIN mailer, which opens in a tab; what the API answered. */
export async function openMailer(page: Page): Promise<Response> {
  await page.getByRole('button', { name: t.request.mailerPrint, exact: true }).click();
  const printed = page.waitForResponse((response) => response.url().endsWith('/pin-mailer'));
  const tab = page.waitForEvent('popup');
  await page.getByRole('dialog').getByRole('button', { name: t.request.mailerYes }).click();
  const response = await printed;
  expect(response.status()).toBe(200);
  expect(response.headers()['content-type']).toContain('application/pdf');
  await (await tab).close();
  return response;
}

/** The end of an activation in the portal, after serial number and code. */
export async function choosePin(page: Page, { pin, password }: { pin: string; password: string }): Promise<void> {
  plant('PIN', pin);
  plant('password', password);
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await field(t.portal.pin).fill(pin);
  await field(t.portal.pinAgain).fill(pin);
  await button(t.act.continue).click();
  await field(t.portal.newPassword).fill(password);
  await button(t.portal.activateNow).click();
  await page.getByRole('heading', { level: 1, name: t.portal.doneTitle, exact: true }).waitFor();
}
