import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { roleCodes, shippedRoles } from '../domain/permissions.ts';
import { described, undeclared, type DescribedOperation, type Parameter } from '../test/support/api-document.ts';
import { holder, person, unit } from '../test/support/api-organisation.ts';
import { seedDevice, seedRequest } from '../test/support/api-records.ts';
import { dataKeyId, startApi, type TestApi } from '../test/support/api.ts';
import { memoryWrapping } from '../test/support/memory-wrapping.ts';
import { anyJson, hostile, spoilt, valid, type Known } from '../test/support/json-arbitrary.ts';
import { memoryAttempts } from './auth/attempts.ts';

/** Calls of each operation, half of them right by its schema, half with something wrong. */
const CALLS = 40;

let api: TestApi;
const seen = new Set<number>();
const cookies: Record<string, string> = {};
/** Values that are right in the seeded organisation. */
const known: Known = {};
/** Ids that exist, by the first part of the address. */
const existing: Record<string, string[]> = {};

beforeAll(async () => {
  const free = { points: 1e6, seconds: 1 };
  api = await startApi({ attempts: memoryAttempts({ signInByAddress: free, activationByAddress: free, activationBySerial: free }) });
  for (const role of roleCodes) cookies[role] = await api.signIn(role);
  await seed();
});
afterAll(() => api.close());

async function seed(): Promise<void> {
  const { database, organisation: org } = api;
  const db = database.operations;
  const wrapped = await memoryWrapping().wrap('first', api.codeKey, Buffer.from(`codes|${dataKeyId}`));
  await db('data_keys').insert({ id: dataKeyId, purpose: 'codes', wrapped, wrappingKey: 'first' });
  for (const state of ['draft', 'approved', 'in_production', 'produced', 'delivered']) {
    const taxCode = `VLRNNA8${existing.holders?.length ?? 0}D52H501T`;
    const holderId = await holder(db, {
      unitId: org.office,
      registeredBy: org.operators.RO,
      data: person({ taxCode, email: `${state}@example.it` }),
    });
    const requestId = await seedRequest(db, {
      unitId: org.office,
      holderId,
      registeredBy: org.operators.RO,
      profileId: org.profileId,
      state,
    });
    const { deviceId, certificateId, stationId } = await seedDevice(db, { requestId });
    for (const [kind, id] of Object.entries({
      holders: holderId,
      requests: requestId,
      devices: deviceId,
      certificates: certificateId,
      stations: stationId,
    })) {
      (existing[kind] ??= []).push(id);
    }
  }
  existing.units = [uuid()];
  await unit(db, { id: existing.units[0] ?? '', kind: 'office', above: [org.root] });
  const one = (...values: string[]) =>
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: valid({ type: 'string' }) });
  Object.assign(known, {
    parentId: one(org.root),
    unitId: one(org.office, org.office, org.otherOffice),
    profileId: one(org.profileId),
    holderId: one(...(existing.holders ?? [])),
    stationId: one(...(existing.stations ?? [])),
    taxCode: one('VRDGPP70C15L219C', 'NRELCU75D12H501H', 'BNCLRA80A41F205G'),
    givenName: one('Anna'),
    familyName: one("D'Angelo"),
    birthPlace: one('Siena'),
    email: one('anna@example.it', 'bruno@example.it'),
    number: one('CA00000AA'),
    issuer: one('Comune di Siena'),
    reason: one('Typing error'),
    birthDate: one('1985-12-10'),
    expiresOn: one('2099-01-01'),
    login: one('ro@example.it', 'nobody@example.it'),
    pin: one('739154', '111111'),
  });
}

interface FuzzCall {
  cookie: string | undefined;
  path: string;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  body: unknown;
}

/** Mostly absent: one wrong parameter is enough to end a call. */
const optional = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** Cursors that look like ours. */
const cursor = fc
  .tuple(
    fc.oneof(
      valid({ type: 'string', format: 'date-time' }),
      fc.constantFrom('2026-02-31 10:00:00+00', '0000-01-01 00:00:00+00', '2026-01-01 00:00:00+99', '9'.repeat(19), ...hostile),
    ),
    fc.oneof(fc.uuid(), anyJson),
  )
  .map((key) => Buffer.from(JSON.stringify(key)).toString('base64url'));

function callsOf(o: DescribedOperation): fc.Arbitrary<FuzzCall> {
  const parameters = (where: Parameter['in']) => (o.parameters ?? []).filter((p) => p.in === where);
  const body = o.requestBody && valid(o.requestBody.content['application/json']?.schema ?? {}, known);
  return fc.record({
    cookie: cookieFor(o),
    path: fc
      .record(Object.fromEntries(parameters('path').map((p) => [p.name, idOf(o)])))
      .map((ids) => o.path.replaceAll(/\{(\w+)\}/g, (_, n: string) => encodeURIComponent(ids[n] ?? ''))),
    query: fc.record(
      Object.fromEntries(
        parameters('query').map((p) => [
          p.name,
          optional(fc.oneof(valid(p.schema), p.name === 'cursor' ? cursor : valid(p.schema), anyJson)),
        ]),
      ),
    ),
    headers: fc.record({
      'If-Match': fc.constantFrom('"1"', '"1"', '"2"', '"999999999"', '*', 'W/"1"', ''),
      'Idempotency-Key': fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('', uuid()) },
        { weight: 1, arbitrary: fc.constantFrom('a b', 'k'.repeat(101)) },
      ),
    }),
    body: body ? fc.oneof(body, spoilt(body), anyJson) : optional(anyJson),
  });
}

/** Mostly somebody who may. Signing out would end the session of the other calls. */
function cookieFor(o: DescribedOperation): fc.Arbitrary<string | undefined> {
  if (o.operationId === 'signOut') return fc.constant(undefined);
  const allowed = roleCodes.filter((role) => (shippedRoles[role] as readonly string[]).includes(o['x-permission']));
  const able = (allowed.length > 0 ? allowed : roleCodes).map((role) => cookies[role]);
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...able) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(cookies), undefined) },
  );
}

const idOf = (o: DescribedOperation): fc.Arbitrary<string> => {
  const kind = o.path.startsWith('/api/portal/') ? 'devices' : (o.path.split('/')[2] ?? '');
  const known = existing[kind] ?? [uuid()];
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom(...hostile.filter((h) => h.isWellFormed() && h !== '')) },
  );
};

function queryOf(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((v) => v !== undefined).map((v) => [name, text(v)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs as [string, string][]).toString()}`;
}
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The answer as far as it comes: the body of a stream has no end. */
async function send(o: DescribedOperation, { cookie, path, query, headers, body }: FuzzCall) {
  const aborter = new AbortController();
  const response = await fetch(api.url + path + queryOf(query), {
    method: o.method,
    signal: aborter.signal,
    redirect: 'manual',
    headers: { ...headers, ...(cookie && { Cookie: cookie }), 'Content-Type': 'application/json' },
    ...(o.method !== 'GET' && body !== undefined && { body: JSON.stringify(body) }),
  });
  const contentType = response.headers.get('Content-Type') ?? '';
  const isStream = contentType.startsWith('text/event-stream');
  const answer = { status: response.status, contentType, text: isStream ? '' : await response.text() };
  aborter.abort();
  return answer;
}

describe('whatever is sent, the answer is one that is declared, and never a 500', () => {
  test.each(described.map((o) => [o.operationId, o] as const))('%s', async (_, o) => {
    const asDeclared = fc.asyncProperty(callsOf(o), async (call) => {
      const answer = await send(o, call);
      seen.add(answer.status);
      expect(undeclared(o, answer)).toEqual([]);
      expect(answer.status, answer.text).not.toBe(500);
    });
    await fc.assert(asDeclared, { numRuns: CALLS });
  });

  test('the calls got beyond the door', () => {
    expect([...seen]).toEqual(expect.arrayContaining([200, 201, 204, 400, 401, 403, 404, 409, 422]));
  });
});
