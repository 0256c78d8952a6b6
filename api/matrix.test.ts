import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { roleCodes, shippedRoles, type Permission, type RoleCode } from '../domain/permissions.ts';
import { seedDevice, seedRequest } from '../test/support/api-records.ts';
import { startApi, type TestApi } from '../test/support/api.ts';
import { holder, operator, person } from '../test/support/api-organisation.ts';
import { statusOf } from './openapi.ts';
import type { AnyOperation } from './operation.ts';
import { operations } from './routes/index.ts';

type Caller = RoleCode | 'anonymous';
const callers: Caller[] = [...roleCodes, 'anonymous'];
const all = Object.entries(operations) as [string, AnyOperation][];
const matrix = all.flatMap(([name, o]) => callers.map((caller) => ({ name, o, caller })));

let api: TestApi;
const cookies = new Map<Caller, string>();
beforeAll(async () => {
  api = await startApi();
  for (const role of roleCodes) cookies.set(role, await api.signIn(role));
});
afterAll(() => api.close());

const ids: Record<string, string> = { id: uuid(), holdId: uuid(), module: 'api' };
/** Status and code; the body of a stream is not waited for. */
async function outcome(
  o: AnyOperation,
  cookie: string | undefined,
  { params = ids, body = {} }: { params?: Record<string, string>; body?: unknown } = {},
) {
  const path = o.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const aborter = new AbortController();
  const response = await fetch(`${api.url}/api${path}`, {
    method: o.method.toUpperCase(),
    signal: aborter.signal,
    headers: { ...(cookie && { Cookie: cookie }), 'Content-Type': 'application/json', ...(o.edits && { 'If-Match': '"1"' }) },
    ...(o.method !== 'get' && { body: JSON.stringify(body) }),
  });
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json');
  const code = isProblem ? ((await response.json()) as { code: string }).code : undefined;
  aborter.abort();
  return { status: response.status, code };
}

function expected(o: AnyOperation, caller: Caller): 'allowed' | 'not_signed_in' | 'forbidden' {
  const permission = o.permission as string;
  if (permission === 'public') return 'allowed';
  if (caller === 'anonymous') return 'not_signed_in';
  return permission === 'signed_in' || (shippedRoles[caller] as readonly string[]).includes(permission) ? 'allowed' : 'forbidden';
}

test.each(matrix)('$name for $caller', async ({ name, o, caller }) => {
  // A call of signOut would end the session that the other rows use.
  const cookie = name === 'signOut' ? undefined : cookies.get(caller);
  const { status, code } = await outcome(o, cookie);
  const want = expected(o, caller);
  if (want === 'allowed') expect(['not_signed_in', 'forbidden', 'internal']).not.toContain(code);
  else expect({ status, code }).toEqual({ status: want === 'forbidden' ? 403 : 401, code: want });
});

test('every denial of somebody who is signed in is audited, with who and what', async () => {
  const denied = matrix.filter(({ o, caller }) => expected(o, caller) === 'forbidden');
  const rows = await api.database
    .operations('audit_outbox')
    .whereRaw(`detail ->> 'kind' = 'access_denied'`)
    .select<{ objectId: string; actorId: string }[]>('object_id', 'actor_id');
  const recorded = new Set(rows.map((row) => `${row.objectId} ${row.actorId}`));
  for (const { name, caller } of denied) {
    const id = caller === 'TH' ? api.organisation.holderId : api.organisation.operators[caller as Exclude<RoleCode, 'TH'>];
    expect(recorded).toContain(`${name} ${id}`);
  }
});

const document = { kind: 'passport', number: 'X1', issuer: 'Roma', expiresOn: '2099-01-01' };
/** A right body for each operation that names an object, so that nothing but the object is foreign. */
const bodies: Record<string, (station: string) => unknown> = {
  updateHolder: () => person({ document: document as never }),
  decideRequest: () => ({ verdict: 'approve' }),
  amendRequest: () => ({ data: person(), reason: 'Typing error' }),
  cancelRequest: () => ({ reason: 'No longer needed' }),
  changeStationCard: () => ({ serial: null }),
  startProduction: (stationId) => ({ stationId }),
  resumeProduction: (stationId) => ({ stationId }),
  scrapProduction: () => ({ reason: 'Broken' }),
  placeHold: () => ({ cause: 'absence' }),
  revokeDevice: () => ({ cause: 'lost' }),
  placeOwnHold: () => ({ cause: 'absence' }),
};

test('whoever has the permission elsewhere does not find what is in another office, and changes nothing there', async () => {
  const { database, organisation: org } = api;
  const db = database.operations;
  const registrar = await operator(db, { login: 'other', role: 'RO', unitId: org.otherOffice, visibility: 'office' });
  const holderId = await holder(db, { unitId: org.otherOffice, registeredBy: registrar, data: person() });
  const requestId = await seedRequest(db, { unitId: org.otherOffice, holderId, registeredBy: registrar, profileId: org.profileId });
  const { deviceId, certificateId, stationId } = await seedDevice(db, { requestId });
  const objects: Record<string, string> = {
    holders: holderId,
    requests: requestId,
    devices: deviceId,
    certificates: certificateId,
    stations: stationId,
    system: uuid(), // belongs to no office
  };
  const before = await fingerprint();
  for (const [name, o] of all.filter(([, { path }]) => path.includes('{id}'))) {
    const kind = o.path.startsWith('/portal/') ? 'devices' : (o.path.split('/')[1] ?? '');
    for (const role of roleCodes.filter((r) => (shippedRoles[r] as readonly Permission[]).includes(o.permission as Permission))) {
      const call = { params: { id: objects[kind] ?? '', holdId: uuid() }, body: bodies[name]?.(stationId) ?? {} };
      expect({ name, role, ...(await outcome(o, cookies.get(role), call)) }).toEqual({ name, role, status: 404, code: 'not_found' });
    }
  }
  expect(await fingerprint()).toEqual(before);

  async function fingerprint() {
    const tables = ['requests', 'devices', 'holders', 'device_holds', 'certificate_actions', 'sealed_documents', 'approvals', 'amendments'];
    return Promise.all(
      tables.map((table) =>
        db
          .raw(`select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from ${table} t`)
          .then((r: { rows: unknown[] }) => r.rows),
      ),
    );
  }
});

test('an assignment that was taken away has no effect from the next call on', async () => {
  const db = api.database.operations;
  await operator(db, { login: 'leaver', role: 'RO', unitId: api.organisation.office, visibility: 'office' });
  const cookie = await api.signIn('leaver');
  expect((await outcome(operations.listRequests, cookie)).status).toBe(200);
  await db('assignments')
    .whereIn('operator_id', db('operators').where({ email: 'leaver@example.it' }).select('id'))
    .delete();
  expect(await outcome(operations.listRequests, cookie)).toEqual({ status: 403, code: 'forbidden' });
  await db('operators').where({ email: 'leaver@example.it' }).update({ active: false });
  expect(await outcome(operations.readMe, cookie)).toEqual({ status: 401, code: 'not_signed_in' });
});

test('success statuses are 200, 201 or 204', () => {
  expect(all.filter(([, o]) => ![200, 201, 204].includes(statusOf(o)))).toEqual([]);
});
