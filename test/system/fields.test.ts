import { readFileSync } from 'node:fs';

import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';

import { hasFocus, sees, signIn, useBrowser, violations, words } from './browser.ts';
import type { Person, RequestDetail } from './client.ts';
import { as, somebody } from './people.ts';

const { visit } = useBrowser();
const t = words.en;

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const optional = (label: string) => `${label} ${t.field.optional}`;
const orderOf = (page: Page) => page.getByRole('list', { name: t.fields.list }).locator('b').allTextContents();

// The other tests register persons by the data that every installation asks for.
afterEach(async () => {
  const sa = await as('sa');
  const { version } = await sa.get<{ version: number }>('/fields');
  await sa.put('/fields', { groups: [], fields: [] }, version);
});

/** Fills the dialog of a new field; `places` are ticked beside those that are by default. */
async function adds(
  page: Page,
  { en, it, type, places, more }: { en: string; it: string; type: string; places: string[]; more: Record<string, string> },
) {
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: t.fields.add });
  await dialog.getByLabel(t.fields.labelEn).fill(en);
  await dialog.getByLabel(t.fields.labelIt).fill(it);
  await dialog.getByLabel(t.fields.type, { exact: true }).selectOption({ label: type });
  for (const [label, value] of Object.entries(more)) await dialog.getByLabel(label).fill(value);
  for (const place of places) await dialog.getByLabel(place, { exact: true }).check();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: t.fields.save }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Chooses a photo, and with the keys alone what of it is kept. */
async function bringsPhoto(page: Page): Promise<void> {
  const buffer = await sharp({ create: { width: 900, height: 700, channels: 3, background: '#7788aa' } })
    .jpeg()
    .toBuffer();
  await field(page, optional('Face')).setInputFiles({ name: 'face.jpg', mimeType: 'image/jpeg', buffer });
  const nearer = page.getByRole('slider', { name: t.files.nearer });
  await nearer.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('PageUp');
  expect(Number(await nearer.inputValue())).toBeGreaterThan(1);
  expect(await violations(page)).toEqual([]);
  await button(page, t.files.usePhoto).press('Enter');
  await page.getByRole('img', { name: 'Face' }).waitFor();
}

/** Registers somebody with a department and a plate, in the form as it is when it opens. */
async function registers(page: Page): Promise<string> {
  const holder = somebody();
  await page.keyboard.press('n');
  await page.getByRole('heading', { level: 2, name: t.fields.ofHolder }).waitFor();
  for (const [label, value] of [
    [t.holder.taxCode, holder.taxCode],
    [t.holder.givenName, holder.givenName],
    [t.holder.familyName, holder.familyName],
    [t.holder.birthDate, holder.birthDate],
    [t.holder.birthPlace, holder.birthPlace],
    [t.holder.email, holder.email],
    [t.holder.docNumber, holder.document.number],
    [t.holder.issuer, holder.document.issuer],
    [t.holder.expiresOn, holder.document.expiresOn],
  ] as const)
    await field(page, label).fill(value);
  await field(page, t.holder.kind).selectOption(holder.document.kind);
  await page.getByRole('radio', { name: 'Staff card' }).check();
  await field(page, optional('Department')).selectOption({ label: 'Human resources' });
  await field(page, optional('Plate')).fill('AB12');
  await button(page, t.newRequest.saveDraft).click();
  const summary = page.getByRole('alert').filter({ hasText: t.field.summary(1) });
  await summary.getByRole('link', { name: /Plate: It does not have the form/ }).click();
  await hasFocus(field(page, optional('Plate')));
  await field(page, optional('Plate')).fill('AB123CD');
  await bringsPhoto(page);
  await button(page, t.newRequest.saveDraft).click();
  await page.waitForURL(/\/requests\/[0-9a-f]{8}-/);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

const requestOf = (person: Person, id: string) => person.get<RequestDetail>(`/requests/${id}`);

test('the administrator adds fields; the officer has them at once in the form, on the page, in the list and as filters', async () => {
  const administrator = await visit();
  await signIn(administrator, 'sa@aurelia.example');
  await administrator.keyboard.press('g');
  await administrator.keyboard.press('f');
  await sees(administrator, t.fields.none);
  const everywhere = [t.fields.places.list, t.fields.places.filter];
  const choices = 'IT; Information technology; Informatica\nHR; Human resources; Risorse umane';
  await adds(administrator, {
    en: 'Department',
    it: 'Reparto',
    type: t.fields.types.choice,
    places: everywhere,
    more: { [t.fields.choices]: choices },
  });
  await adds(administrator, {
    en: 'Plate',
    it: 'Targa',
    type: t.fields.types.text,
    places: [],
    more: { [t.fields.pattern]: '[A-Z]{2}\\d{3}[A-Z]{2}' },
  });
  await adds(administrator, { en: 'Face', it: 'Volto', type: t.fields.types.photo, places: [], more: {} });
  expect(await orderOf(administrator)).toEqual(['Department', 'Plate', 'Face']);
  await button(administrator, t.fields.up('Plate')).focus();
  await administrator.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => orderOf(administrator)).toEqual(['Plate', 'Department', 'Face']);
  await hasFocus(button(administrator, t.fields.down('Plate')));
  await administrator.getByRole('button', { name: 'Italiano' }).click();
  await administrator.getByLabel(`Reparto ${t.field.optional}`).waitFor();

  const officer = await visit();
  await signIn(officer, 'ro@aurelia.example');
  const id = await registers(officer);
  await sees(officer, 'Human resources');
  await sees(officer, 'AB123CD');
  const face = officer.getByRole('img', { name: 'Face' });
  await face.waitFor();
  await expect.poll(() => face.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth)).toBe(480);
  expect(await requestOf(await as('ro'), id)).toMatchObject({ data: { extra: { department: 'HR', plate: 'AB123CD' } } });

  await officer.goto('/requests');
  await officer.getByRole('columnheader', { name: 'Department' }).waitFor();
  expect(await officer.getByRole('columnheader', { name: 'Plate' }).count()).toBe(0);
  await button(officer, 'Department').click();
  await officer.getByRole('button', { name: 'Human resources', exact: true }).click();
  await officer.waitForURL(/field\.department=HR/);
  await expect.poll(() => officer.locator('tr[data-row]').count()).toBe(1);
  await officer.getByRole('row').filter({ hasText: 'Human resources' }).waitFor();

  await officer.goto('/holders?field.department=HR');
  const row = officer.getByRole('row').filter({ hasText: 'Human resources' });
  await row.waitFor();
  const [download] = await Promise.all([officer.waitForEvent('download'), officer.getByRole('link', { name: t.holders.export }).click()]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/,HR$/);
  await row.getByRole('link').click();
  await officer.waitForURL(/\/requests\?holderId=/);
  await officer.locator('tr[data-row]').waitFor();
});
