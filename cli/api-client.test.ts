import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';

import { apiClient } from './api-client.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

async function serve(listener: RequestListener, port = 0): Promise<string> {
  const started = (server = createServer(listener));
  await new Promise<void>((done) => started.listen(port, '127.0.0.1', done));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

/** Answers the calls one after the other and remembers what came. */
function script(...answers: { status: number; body?: unknown; headers?: Record<string, string> }[]) {
  const calls: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    const { status, body, headers } = answers[Math.min(calls.push(request), answers.length) - 1]!;
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
  };
  return { calls, listener };
}

const problem = (status: number, code: string) => ({
  status,
  body: { code, detail: `because ${code}`, errors: [{ pointer: '/holder/email', message: 'wrong' }] },
});

test('a write that meets 503 is sent again with the same idempotency key', async () => {
  const { calls, listener } = script(problem(503, 'unavailable'), problem(503, 'unavailable'), { status: 200, body: { id: 'r1' } });
  const client = apiClient({ url: await serve(listener) });
  expect(await client.post('/requests', { a: 1 })).toEqual({ id: 'r1' });
  const keys = calls.map((call) => call.headers['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test('two writes have two keys, a read has none', async () => {
  const { calls, listener } = script({ status: 200 });
  const client = apiClient({ url: await serve(listener) });
  await client.post('/a');
  await client.post('/b');
  await client.get('/c');
  const [a, b, c] = calls.map((call) => call.headers['idempotency-key']);
  expect(a).not.toBe(b);
  expect(c).toBeUndefined();
});

test('it waits for a server that is only starting', async () => {
  const { listener } = script({ status: 200, body: { ok: true } });
  const url = await serve(listener);
  const { port } = server!.address() as AddressInfo;
  await new Promise((done) => server!.close(done));
  const answer = apiClient({ url }).get('/meta');
  await serve(listener, port);
  expect(await answer).toEqual({ ok: true });
});

test('when nothing answers within its patience it says where it looked', async () => {
  const url = await serve(() => undefined);
  await new Promise((done) => server!.close(done));
  const refused = apiClient({ url, patienceMs: 500 }).get('/meta');
  await expect(refused).rejects.toMatchObject({ code: 'unavailable', status: 0, message: expect.stringContaining(url) as string });
});

test('a 503 that lasts ends as the problem it is', async () => {
  const { listener } = script(problem(503, 'hsm_unavailable'));
  await expect(apiClient({ url: await serve(listener), patienceMs: 300 }).get('/x')).rejects.toMatchObject({
    status: 503,
    code: 'hsm_unavailable',
  });
});

test('a refusal is final and carries code, sentence and fields', async () => {
  const { calls, listener } = script(problem(422, 'invalid_input'));
  await expect(apiClient({ url: await serve(listener) }).post('/requests')).rejects.toMatchObject({
    status: 422,
    code: 'invalid_input',
    message: 'because invalid_input',
    errors: [{ pointer: '/holder/email', message: 'wrong' }],
  });
  expect(calls).toHaveLength(1);
});

test('the session cookie comes along, and an ended session is opened again once', async () => {
  const session = { status: 200, headers: { 'set-cookie': 'sid=abc; Path=/; HttpOnly' } };
  const { calls, listener } = script(
    session,
    problem(401, 'not_signed_in'),
    { ...session, headers: { 'set-cookie': 'sid=def; Path=/' } },
    { status: 200, body: { items: [] } },
  );
  const client = apiClient({ url: await serve(listener) });
  await client.signIn('ro@example.it', 'secret');
  expect(await client.get('/units')).toEqual({ items: [] });
  expect(calls.map((call) => [call.url, call.headers.cookie ?? ''])).toEqual([
    ['/api/session', ''],
    ['/api/units', 'sid=abc'],
    ['/api/session', 'sid=abc'],
    ['/api/units', 'sid=def'],
  ]);
});

test('who has a second factor is asked for a code; the cookies of both steps are kept until the server takes them away', async () => {
  const { calls, listener } = script(
    { ...problem(401, 'second_factor_needed'), headers: { 'set-cookie': 'pending=p1; Path=/; HttpOnly' } },
    { status: 200, body: { name: 'Rita' }, headers: { 'set-cookie': 'sid=s1; Path=/; HttpOnly' } },
    { status: 200, body: {} },
  );
  const client = apiClient({ url: await serve(listener), askCode: async (login) => (login === 'rita' ? '123456' : '') });
  expect(await client.signIn('rita', 'secret')).toEqual({ name: 'Rita' });
  await client.get('/me');
  expect(calls.map(({ url, headers }) => [url, headers.cookie])).toEqual([
    ['/api/session', ''],
    ['/api/session/second-factor', 'pending=p1'],
    ['/api/me', 'pending=p1; sid=s1'],
  ]);
});

test('without a terminal the refusal of the first step is told', async () => {
  const { listener } = script(problem(401, 'second_factor_needed'));
  await expect(apiClient({ url: await serve(listener) }).signIn('rita', 'secret')).rejects.toMatchObject({ code: 'second_factor_needed' });
});
