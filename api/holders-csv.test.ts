import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import { failure } from '../domain/errors.ts';
import { noFields } from '../domain/field-definition.ts';
import { taxCodeCheckCharacter } from '../domain/tax-code.ts';
import { holder, person } from '../test/support/api-organisation.ts';
import { startApi, type TestApi } from '../test/support/api.ts';
import { holdersAsCsv } from './holders-csv.ts';

let api: TestApi;
let ro: string;
const PEOPLE = 450;
const taxCode = (n: number) =>
  `RSSMRA85T10A${String(n).padStart(3, '0')}` + taxCodeCheckCharacter(`RSSMRA85T10A${String(n).padStart(3, '0')}`);

beforeAll(async () => {
  api = await startApi();
  const sa = await api.signIn('SA');
  ro = await api.signIn('RO');
  const visible = { form: true, list: true, filter: true, csv: true, report: true };
  const field = (code: string, csv: boolean) => {
    return { code, subject: 'holder', type: 'text', label: { en: code, it: code }, visible: { ...visible, csv } };
  };
  const body = { groups: [], fields: [field('note', true), field('inner', false)] };
  expect(await api.call('PUT', '/api/fields', { as: sa, body, headers: { 'If-Match': '"0"' } })).toMatchObject({ status: 200 });
  const { office, otherOffice, operators } = api.organisation;
  for (let n = 0; n < PEOPLE; n++) {
    const data = person({
      familyName: `Rossi ${n}`,
      taxCode: taxCode(n),
      extra: { note: n === 7 ? '=HYPERLINK("http://evil")' : `note ${n}`, inner: 'x' },
    });
    await holder(api.database.operations, { unitId: office, registeredBy: operators.RO, data });
  }
  await holder(api.database.operations, { unitId: otherOffice, registeredBy: operators.DO, data: person({ familyName: 'Elsewhere' }) });
});
afterAll(() => api.close());

async function exported(query = ''): Promise<Record<string, string>[]> {
  const { status, headers, text } = await api.call('GET', `/api/holders/export${query}`, { as: ro });
  expect([status, headers.get('Content-Type')]).toEqual([200, 'text/csv; charset=utf-8']);
  return parse(text, { columns: true, bom: true });
}

test('everybody whom the officer sees is a row, page after page, with the fields that files show, and nobody else', async () => {
  const rows = await exported();
  expect(rows).toHaveLength(PEOPLE + 1); // and the holder of the organisation
  expect(new Set(rows.map((r) => r.taxCode)).size).toBe(PEOPLE + 1);
  expect(rows.filter((r) => r.familyName === 'Elsewhere')).toEqual([]);
  expect(rows.find((r) => r.familyName === 'Rossi 3')).toMatchObject({
    note: 'note 3',
    documentKind: 'identity_card',
    birthDate: '1985-12-10',
  });
  expect(Object.keys(rows[0] ?? {})).not.toContain('inner');
});

test('a spreadsheet takes no cell for a formula', async () => {
  const [row] = await exported('?search=rssmra85t10a007');
  expect(row?.note).toBe(`'=HYPERLINK("http://evil")`);
});

test('a filter of the list is one of the file', async () => {
  expect((await exported('?field=note:NOTE%205')).map((r) => r.familyName)).toEqual(['Rossi 5']);
});

test('an export is recorded before it leaves, without what was searched for', async () => {
  await exported('?search=rossi');
  const events = await api.database
    .operations('audit_outbox')
    .whereRaw(`detail ->> 'kind' = 'data_exported'`)
    .orderBy('id', 'desc')
    .select<{ actorId: string; detail: unknown }[]>('actor_id', 'detail');
  expect(events[0]).toEqual({ actorId: api.organisation.operators.RO, detail: { kind: 'data_exported', narrowed: true } });
});

test('who loses the right in the middle gets the rows of that page and no more', async () => {
  const { operators } = api.organisation;
  const all = { id: '', role: 'RO', unitId: '', unitPath: '', visibility: 'all', permissions: ['holder.read'] };
  const actor = { kind: 'operator', id: operators.RO, name: '', via: 'session', sessionId: '', assignments: [all] } as unknown as Actor;
  const reauthorize = () => Promise.reject(failure('forbidden', 'taken away'));
  let lines = 0;
  const read = async () => {
    const csv = holdersAsCsv({ db: api.database.operations, actor, set: noFields.set, filter: {}, reauthorize });
    for await (const chunk of csv) lines += String(chunk).split('\n').length - 1;
  };
  await expect(read()).rejects.toMatchObject({ type: 'forbidden' });
  expect(lines).toBeLessThanOrEqual(201);
});
