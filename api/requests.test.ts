import { ApplicationFailure } from '@temporalio/common';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { startApi, type TestApi } from '../test/support/api.ts';
import { operator, person } from '../test/support/api-organisation.ts';

let api: TestApi;
let ro: string;
let deciding: string;
beforeAll(async () => {
  api = await startApi();
  [ro, deciding] = [await api.signIn('RO'), await api.signIn('DO')];
});
afterAll(() => api.close());
afterEach(() => void (api.temporal.answer = undefined));

const draft = (changes: object = {}) => ({
  unitId: api.organisation.office,
  profileId: api.organisation.profileId,
  holder: person(),
  ...changes,
});
const create = (changes: object = {}, headers = {}, as = ro) => api.call('POST', '/api/requests', { as, body: draft(changes), headers });
const countRequests = async () => Number((await api.database.operations('requests').count<{ count: string }[]>('id as count'))[0]?.count);
const auditedKinds = async (objectId: string) =>
  (await api.database.operations('audit_outbox').where({ objectId }).select<{ detail: { kind: string } | null }[]>('detail')).map(
    (r) => r.detail?.kind,
  );

test('a request is registered, submitted and approved by another: its process hears of it once', async () => {
  const created = await create({ submit: true });
  expect([created.status, created.body.state]).toEqual([201, 'pending_approval']);
  expect(created.body.may).toMatchObject({ decide: false, cancel: true });
  const { id } = created.body;
  expect(api.temporal.sent.filter((m) => m.workflowId === `request/${id}`)).toMatchObject([
    { kind: 'start', args: [{ v: 1, requestId: id }] },
  ]);

  const seen = await api.call('GET', `/api/requests/${id}`, { as: deciding });
  expect(seen.body.may.decide).toBe(true);
  const decided = await api.call('POST', `/api/requests/${id}/decisions`, { as: deciding, body: { verdict: 'approve' } });
  expect([decided.status, decided.body.state]).toEqual([200, 'approved']);
  expect(decided.body.approval.votes).toMatchObject([{ by: { id: api.organisation.operators.DO }, verdict: 'approve', comment: '' }]);
});

test('nothing personal is in what is sent to the process', async () => {
  await create({ submit: true, holder: person({ givenName: 'Canaryname', taxCode: 'VRDGPP70C15L219C' }) });
  expect(JSON.stringify(api.temporal.sent)).not.toMatch(/Canaryname|VRDGPP|@example/i);
});

test('nobody decides on what they registered, and the attempt is audited', async () => {
  const { body } = await create({ submit: true }, {}, deciding);
  const answer = await api.call('POST', `/api/requests/${body.id}/decisions`, { as: deciding, body: { verdict: 'approve' } });
  expect([answer.status, answer.body.code]).toEqual([403, 'own_request']);
  expect(await auditedKinds('decideRequest')).toContain('access_denied');
});

test('the same key and call are answered the same and done once, also at the same time', async () => {
  const before = await countRequests();
  const headers = { 'Idempotency-Key': uuid() };
  const first = await create({}, headers);
  const second = await create({}, headers);
  expect(second.body).toEqual(first.body);
  expect([second.status, second.headers.get('Idempotency-Replayed'), second.headers.get('ETag')]).toEqual([
    201,
    'true',
    first.headers.get('ETag'),
  ]);

  const parallel = { 'Idempotency-Key': uuid() };
  const answers = await Promise.all(Array.from({ length: 8 }, () => create({}, parallel)));
  for (const answer of answers) expect([201, 409]).toContain(answer.status);
  expect(new Set(answers.filter((a) => a.status === 201).map((a) => a.body.id)).size).toBe(1);
  expect(await countRequests()).toBe(before + 2);
});

test('the same key for another call is refused; the same key of another person is another key', async () => {
  const headers = { 'Idempotency-Key': uuid() };
  await create({}, headers);
  const other = await create({ reference: 'another' }, headers);
  expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict']);
  expect((await create({}, headers, deciding)).status).toBe(201);
});

test('a call that failed may be sent again under its key', async () => {
  const headers = { 'Idempotency-Key': uuid() };
  const { body } = await create({ submit: true });
  const decide = () =>
    api.call('POST', `/api/requests/${body.id}/decisions`, { as: deciding, body: { verdict: 'reject', comment: 'no' }, headers });
  api.temporal.answer = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  expect((await decide()).status).toBe(503);
  api.temporal.answer = undefined;
  // The fake, like the server, remembers an update id; what failed before it was accepted is not remembered by the server.
  api.temporal.forget();
  expect((await decide()).body.state).toBe('rejected');
});

test.each(['', ' ', 'a b', 'x'.repeat(101), 'é'])('the key %j is no key', async (key) => {
  if (key.trim() === '') expect((await create({}, { 'Idempotency-Key': key })).status).toBe(201);
  else
    await expect(
      create({}, { 'Idempotency-Key': key }).then(
        (a) => a.status,
        () => 400,
      ),
    ).resolves.toBe(400);
});

test('the same reference in a unit is the same request', async () => {
  const reference = `row-${uuid()}`;
  const [first, second] = [await create({ reference }), await create({ reference })];
  expect(second.body.id).toBe(first.body.id);
  const found = await api.call('GET', `/api/requests?search=${reference}`, { as: ro });
  expect(found.body.items.map((r: { id: string }) => r.id)).toEqual([first.body.id]);
});

test('a draft is amended and cancelled without a process', async () => {
  const { body, headers } = await create();
  const amend = (etag: string) =>
    api.call('POST', `/api/requests/${body.id}/amendments`, {
      as: ro,
      body: { data: person({ birthPlace: 'Lucca' }), reason: 'Misread' },
      headers: etag ? { 'If-Match': etag } : {},
    });
  expect((await amend('')).body.code).toBe('version_required');
  const amended = await amend(headers.get('ETag') ?? '');
  expect([amended.status, amended.body.state, amended.body.data.birthPlace]).toEqual([200, 'draft', 'Lucca']);
  expect((await amend(headers.get('ETag') ?? '')).body.code).toBe('version_conflict');
  const cancelled = await api.call('POST', `/api/requests/${body.id}/cancellation`, { as: ro, body: { reason: 'Wrong person' } });
  expect([cancelled.status, cancelled.body.state]).toEqual([200, 'cancelled']);
  expect(api.temporal.sent.filter((m) => m.workflowId === `request/${body.id}`)).toEqual([]);
});

test('what cannot be registered: foreign unit, foreign person, both or no person, expired document', async () => {
  const { office, otherOffice } = api.organisation;
  const codeOf = async (changes: object) => (await create(changes)).body.code;
  expect(await codeOf({ unitId: otherOffice })).toBe('forbidden');
  expect(await codeOf({ holder: undefined, holderId: uuid() })).toBe('not_found');
  expect(await codeOf({ holderId: uuid() })).toBe('invalid_input');
  expect(await codeOf({ holder: undefined })).toBe('invalid_input');
  expect(await codeOf({ profileId: uuid() })).toBe('invalid_input');
  const expired = await create({ unitId: office, holder: person({ document: { ...person().document, expiresOn: '2020-01-01' } }) });
  expect(expired.body.errors).toEqual([expect.objectContaining({ pointer: '/holder/document/expiresOn' })]);
});

test('a start that Temporal did not take does not fail the call: the row waits for the reconciler', async () => {
  api.temporal.away = true;
  const created = await create({ submit: true });
  api.temporal.away = false;
  expect([created.status, created.body.state]).toEqual([201, 'submitted']);
  const row = await api.database.operations('requests').where({ id: created.body.id }).first<{ workflowState: string }>();
  expect(row.workflowState).toBe('pending_start');

  // The first message for it starts it.
  let lost = true;
  api.temporal.answer = (message) => {
    if (!lost) return Promise.resolve({});
    lost = false;
    return Promise.reject(new WorkflowNotFoundError('no such workflow', message.workflowId, undefined));
  };
  api.temporal.rememberNothing = true;
  const cancelled = await api.call('POST', `/api/requests/${created.body.id}/cancellation`, { as: ro, body: { reason: 'x' } });
  api.temporal.rememberNothing = false;
  expect(cancelled.status).toBe(200);
  expect(api.temporal.sent.filter((m) => m.kind === 'start' && m.workflowId === `request/${created.body.id}`)).toHaveLength(1);
});

test('what the process refuses arrives with its code and advice', async () => {
  const { body } = await create({ submit: true });
  api.temporal.answer = () =>
    Promise.reject(
      new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.nonRetryable('Put the card in and go on.', 'card_absent')),
    );
  const answer = await api.call('POST', `/api/requests/${body.id}/cancellation`, { as: ro, body: { reason: 'x' } });
  expect([answer.status, answer.body.code, answer.body.detail]).toEqual([409, 'card_absent', 'Put the card in and go on.']);
});

test("whoever sees only their own registrations does not see a colleague's", async () => {
  await operator(api.database.operations, { login: 'own', role: 'RO', unitId: api.organisation.office, visibility: 'own' });
  const own = await api.signIn('own');
  const { body } = await create();
  expect((await api.call('GET', `/api/requests/${body.id}`, { as: own })).status).toBe(404);
  expect((await api.call('GET', '/api/requests', { as: own })).body.items).toEqual([]);
});

test("whoever does not see a person does not write over their data with a request: a colleague's of the same office", async () => {
  const colleagues = { taxCode: 'VLRNNA85D52H501T' };
  await operator(api.database.operations, { login: 'blind', role: 'RO', unitId: api.organisation.office, visibility: 'own' });
  const { status, body } = await create({ holder: person(colleagues) }, {}, await api.signIn('blind'));
  expect([status, body.code]).toEqual([409, 'duplicate']);
  const { email } = await api.database.operations('holders').where(colleagues).first<{ email: string }>('email');
  expect(email).toBe('th@example.it');
});

test('a list is walked by its cursor, each request once', async () => {
  const ids: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const answer = await api.call('GET', `/api/requests?limit=3${next ? `&cursor=${encodeURIComponent(next)}` : ''}`, { as: ro });
    ids.push(...answer.body.items.map((r: { id: string }) => r.id));
    next = answer.body.next;
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(await countRequests());
});
