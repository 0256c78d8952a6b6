import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { portraitSize } from '../connectors/image/image.ts';
import { taxCodeCheckCharacter } from '../domain/tax-code.ts';
import { operator, person } from '../test/support/api-organisation.ts';
import { startApi, type TestApi } from '../test/support/api.ts';

let api: TestApi;
let [ro, hd, elsewhere]: string[] = [];
let face: Buffer;
const places = { form: true, list: false, filter: false, csv: false, report: true };
const field = (code: string, type: string, visible = places) => ({
  ...{ code, subject: 'holder', type, label: { en: code, it: code }, visible },
});
beforeAll(async () => {
  api = await startApi();
  const sa = await api.signIn('SA');
  const body = { groups: [], fields: [field('face', 'photo'), field('identity', 'document')] };
  expect(await api.call('PUT', '/api/fields', { as: sa, body, headers: { 'If-Match': '"0"' } })).toMatchObject({ status: 200 });
  const listed = { ...body, fields: [field('other', 'photo', { ...places, list: true })] };
  expect(await api.call('PUT', '/api/fields', { as: sa, body: listed, headers: { 'If-Match': '"1"' } })).toMatchObject({ status: 422 });
  await operator(api.database.operations, { login: 'other', role: 'RO', unitId: api.organisation.otherOffice, visibility: 'office' });
  [ro, hd, elsewhere] = [await api.signIn('RO'), await api.signIn('HD'), await api.signIn('other')];
  face = await sharp({ create: { width: 900, height: 900, channels: 3, background: '#c0ffee' } })
    .png()
    .toBuffer();
});
afterAll(() => api.close());

async function bring(path: string, file: Buffer, { as = ro, type = 'application/octet-stream', key = '' } = {}) {
  const headers = { Cookie: as ?? '', 'Content-Type': type, ...(key && { 'Idempotency-Key': key }) };
  const response = await fetch(`${api.url}/api${path}`, { method: 'POST', headers, body: new Uint8Array(file) });
  return { status: response.status, body: (await response.json()) as { id: string; code: string } };
}
async function fetched(path: string, as = ro) {
  const response = await fetch(`${api.url}/api${path}`, { headers: { Cookie: as ?? '' } });
  return { status: response.status, type: response.headers.get('Content-Type'), bytes: Buffer.from(await response.arrayBuffer()) };
}
let people = 0;
const register = (extra: Record<string, string>, as = ro) => {
  const first15 = `RSSMRA85T10A${String(++people).padStart(3, '0')}`;
  const unitId = as === elsewhere ? api.organisation.otherOffice : api.organisation.office;
  const body = { ...person({ taxCode: first15 + taxCodeCheckCharacter(first15), extra }), unitId };
  return api.call('POST', '/api/holders', { as: as ?? '', body });
};

test('a photo is seen by who brought it, then by whoever sees the persons of the office, and by nobody else', async () => {
  const { status, body } = await bring('/photos', face);
  expect(status).toBe(201);
  expect((await fetched(`/photos/${body.id}`, hd)).status).toBe(404);
  const mine = await fetched(`/photos/${body.id}`);
  expect(mine).toMatchObject({ status: 200, type: 'image/jpeg' });
  expect(await sharp(mine.bytes).metadata()).toMatchObject({ format: 'jpeg', ...portraitSize });
  expect(await register({ face: body.id })).toMatchObject({ status: 201, body: { extra: { face: body.id } } });
  expect((await fetched(`/photos/${body.id}`, hd)).status).toBe(200);
  expect((await fetched(`/photos/${body.id}`, elsewhere)).status).toBe(404);
  expect((await fetched(`/documents/${body.id}`)).status).toBe(404);
});

test('a file is a value where it belongs only: of its kind, of this office, and there', async () => {
  const { body: photo } = await bring('/photos', face);
  expect((await register({ identity: photo.id })).body.errors).toEqual([{ pointer: '/extra/identity', message: 'Choose the file again' }]);
  expect(await register({ face: photo.id })).toMatchObject({ status: 201 });
  expect((await register({ face: photo.id }, elsewhere)).body.errors).toEqual([
    { pointer: '/extra/face', message: 'Choose the file again' },
  ]);
  expect((await register({ face: '0199a1c2-0000-7000-8000-000000000001' })).status).toBe(422);
  expect((await register({ face: 'me.jpg' })).body.errors).toEqual([{ pointer: '/extra/face', message: 'Choose a file' }]);
});

test('it is kept encrypted, and the audit has a digest of it', async () => {
  const { body } = await bring('/documents', Buffer.from('%PDF-1.7 the number is CANARY'));
  const db = api.database.operations;
  const row = await db('field_files').where({ id: body.id }).first<{ ciphertext: Buffer }>('ciphertext');
  expect(row.ciphertext.includes('CANARY')).toBe(false);
  const [event] = await db('audit_outbox').where({ objectType: 'field_files', objectId: body.id }).select<{ after: object }[]>('after');
  expect(event?.after).toMatchObject({ ciphertext: expect.stringMatching(/^sha256:/) as string });
});

test('who looked at a document is recorded', async () => {
  const { body } = await bring('/documents', Buffer.from('%PDF-1.7\n'));
  expect(await fetched(`/documents/${body.id}`)).toMatchObject({ status: 200, type: 'application/pdf' });
  const reads = await api.database.operations('audit_outbox').whereRaw(`detail ->> 'kind' = 'document_read'`).pluck('object_id');
  expect(reads).toContain(body.id);
});

test.each([
  ['a file of another kind', '/photos', Buffer.from('GIF89a'), {}, 422],
  ['a file that is too large', '/documents', Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(20 * 1024 * 1024)]), {}, 413],
  ['a form, which any page can send', '/photos', Buffer.from('x'), { type: 'multipart/form-data; boundary=x' }, 415],
  ['JSON where a file is taken', '/photos', Buffer.from('{}'), { type: 'application/json' }, 415],
  ['a file where none is taken', '/holders', Buffer.from('{}'), {}, 415],
])('%s is refused', async (_, path, file, options, status) => {
  expect((await bring(path, file, options)).status).toBe(status);
});

test('the same file sent again under its key is one; another under it is refused', async () => {
  const first = await bring('/photos', face, { key: 'again' });
  expect(await bring('/photos', face, { key: 'again' })).toEqual(first);
  expect(await bring('/photos', Buffer.concat([face, Buffer.from('x')]), { key: 'again' })).toMatchObject({
    status: 409,
    body: { code: 'idempotency_conflict' },
  });
});

test('a file that nobody saved goes after a day', async () => {
  const db = api.database.operations;
  const { body: forgotten } = await bring('/photos', face);
  const { body: saved } = await bring('/photos', face);
  await register({ face: saved.id });
  await db('field_files')
    .whereIn('id', [forgotten.id, saved.id])
    .update({ createdAt: new Date(Date.now() - 25 * 3_600_000) });
  await bring('/photos', face);
  expect(await db('field_files').whereIn('id', [forgotten.id, saved.id]).pluck('id')).toEqual([saved.id]);
});
