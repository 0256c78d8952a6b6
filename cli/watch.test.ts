import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { apiClient, type ApiClient } from './api-client.ts';
import { watch } from './watch.ts';

let server: Server;
let client: ApiClient;
let streams: ServerResponse[];
let opened: PromiseWithResolvers<void>;
let status: number;

beforeEach(async () => {
  streams = [];
  status = 200;
  opened = Promise.withResolvers();
  server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/event-stream' }).flushHeaders();
    if (status !== 200) response.end('{}');
    else streams.push(response);
    opened.resolve();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  client = apiClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
});

test('it looks again when an event comes, and lets go of the stream at the end', async () => {
  let state = 'running';
  const result = watch({
    client,
    events: '/requests/1/events',
    timeoutMs: 20_000,
    what: 'It',
    look: async () => (state === 'done' ? state : undefined),
  });
  await opened.promise;
  const closed = new Promise((done) => streams[0]?.once('close', done));
  const started = performance.now();
  state = 'done';
  streams[0]?.write('event: changed\ndata: {"version":2}\n\n');
  expect(await result).toBe('done');
  expect(performance.now() - started).toBeLessThan(3000);
  await closed;
});

test('it looks at news only, however the stream is cut into pieces', async () => {
  let looks = 0;
  const isNews = (data: unknown) => (data as { state: string }).state === 'done';
  const result = watch({
    ...{ client, events: '/requests/1/events', timeoutMs: 20_000, what: 'It', isNews },
    look: async () => ((looks += 1) === 3 ? looks : undefined),
  });
  await opened.promise;
  // The first look is before the stream, the second when it is open.
  while (looks < 2) await new Promise((done) => setTimeout(done, 5));
  for (let n = 0; n < 20; n++) streams[0]?.write('event: changed\ndata: {"state":"running"}\n\n');
  streams[0]?.write('event: changed\ndata: {"sta');
  await new Promise((done) => setTimeout(done, 50));
  streams[0]?.write('te":"done"}\n\n');
  expect(await result).toBe(3);
});

test('what changed before the stream was open is not missed', async () => {
  let state = 'running';
  void opened.promise.then(() => (state = 'done'));
  const started = performance.now();
  const look = async () => (state === 'done' ? state : undefined);
  expect(await watch({ client, events: '/x', timeoutMs: 20_000, what: 'It', look })).toBe('done');
  expect(performance.now() - started).toBeLessThan(3000);
});

test('without events it goes on by looking', async () => {
  status = 404;
  let looks = 0;
  expect(
    await watch({ client, events: '/x', timeoutMs: 20_000, what: 'It', look: async () => ((looks += 1) > 1 ? looks : undefined) }),
  ).toBe(2);
});

test('what does not get on is told, with what to do', async () => {
  status = 404;
  const never = watch({ client, events: '/x', timeoutMs: 10, what: 'Request 7', look: async () => undefined });
  await expect(never).rejects.toThrow(/Request 7 did not get on.*Run the command again/);
});
