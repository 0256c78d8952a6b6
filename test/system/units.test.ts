import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Knex } from 'knex';

import { openDatabase } from '../../db/database.ts';
import { operator, password } from '../support/api-organisation.ts';
import { signIn, useBrowser, words } from './browser.ts';
import { person, type Person, type RequestDetail } from './client.ts';
import { as, somebody } from './people.ts';
import { until } from './until.ts';

const { visit } = useBrowser();
const t = words.en.units;
let db: Knex;
beforeAll(() => {
  db = openDatabase(inject('system').env.DATABASE_URL ?? '', { poolMax: 2 });
});
afterAll(() => db.destroy());

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

/** Makes a unit below the one that is shown, with the key; its page opens. Returns its id. */
async function makes(page: Page, { name, code, kind }: { name: string; code: string; kind: 'division' | 'office' }): Promise<string> {
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t.name, { exact: true }).fill(name);
  await dialog.getByLabel(t.code, { exact: true }).fill(code);
  await dialog.getByLabel(t.kind, { exact: true }).selectOption(kind);
  await dialog.getByLabel(t.attributes).fill('Campaign: spring');
  await dialog.getByRole('button', { name: t.createYes, exact: true }).click();
  await heading(page, name).waitFor();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** An officer of that unit alone, who has registered somebody. */
async function officerOf(unitId: string, login: string): Promise<{ officer: Person; requestId: string }> {
  await operator(db, { login, role: 'RO', unitId, visibility: 'office' });
  const officer = person();
  await officer.signIn(`${login}@example.it`, password);
  const { items } = await officer.get<{ items: { id: string; code: string }[] }>('/device-profiles');
  const profileId = items.find((profile) => profile.code === 'staff-card')?.id;
  const { id } = await officer.post<RequestDetail>('/requests', { holder: somebody(), unitId, profileId });
  return { officer, requestId: id };
}

const requestNow = async (id: string) => (await as('hd')).get<RequestDetail>(`/requests/${id}`);

test('a division and an office for a campaign: closed with one click, its officer has no effect from the next call on, its requests are above', async () => {
  const page = await visit();
  await signIn(page, 'sa@aurelia.example');
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await page.getByRole('treeitem').first().waitFor();
  await makes(page, { name: 'Spring campaign', code: 'SPRING', kind: 'division' });
  const officeId = await makes(page, { name: 'Stand at the fair', code: 'FAIR', kind: 'office' });
  const { officer, requestId } = await officerOf(officeId, 'fair');
  await page.reload();
  await heading(page, 'Stand at the fair').waitFor();

  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await dialog.getByText(t.closeText(1, 1, 'Spring campaign')).waitFor();
  await dialog.getByRole('button', { name: t.closeYes, exact: true }).click();
  await page.getByRole('main').locator('.badge', { hasText: t.states.closed }).first().waitFor();

  await expect(officer.get('/requests')).rejects.toMatchObject({ status: 403, code: 'forbidden' });
  const { unit, history } = await requestNow(requestId);
  expect(unit.name).toBe('Spring campaign');
  expect(history[0]).toMatchObject({ kind: 'handed_over', detail: 'Stand at the fair → Spring campaign' });

  await page.keyboard.press('o');
  await dialog.getByRole('button', { name: t.openYes, exact: true }).click();
  await page.getByRole('main').locator('.badge', { hasText: t.states.open }).first().waitFor();
  expect(await officer.get('/requests')).toMatchObject({ items: [] });
});

test('when the time of an office is over, the worker hands its requests over by itself', async () => {
  const sa = await as('sa');
  const [root] = (await sa.get<{ items: { id: string; name: string }[] }>('/units?parentId=top')).items;
  const data = { kind: 'office', code: 'TIMED', name: 'Timed', address: null, category: null, identifiers: [], attributes: [] };
  const { id } = await sa.post<{ id: string }>('/units', { ...data, parentId: root?.id });
  const { officer, requestId } = await officerOf(id, 'timed');
  // The clock of the window is the database's: its end is set to a moment ago, as if it had come.
  await db('units')
    .where({ id })
    .update({ closesAt: db.raw(`now() - interval '1 second'`) });
  await expect(officer.get('/requests')).rejects.toMatchObject({ status: 403 });
  await until('the request is above', async () => (await requestNow(requestId)).unit.id === root?.id, 60_000);
});
