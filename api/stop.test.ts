import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { stop } from './stop.ts';

test('streams end, the running call gets its answer, and only then the resources close', async () => {
  const order: string[] = [];
  const running = Promise.withResolvers<ServerResponse>();
  const streaming = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url === '/stream') response.write('retry: 1\n\n', () => streaming.resolve(response));
    else running.resolve(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [call, stream] = [fetch(`${url}/call`).then((r) => r.text()), fetch(`${url}/stream`).then((r) => r.text())];
  const [callResponse, streamResponse] = [await running.promise, await streaming.promise];

  const stopped = stop({
    server,
    endStreams: () => Promise.resolve(streamResponse.end()),
    closers: [() => order.push('database'), () => order.push('hsm')],
  });
  expect(await stream).toBe('retry: 1\n\n');
  await expect(fetch(url)).rejects.toThrow();
  expect(order).toEqual([]);
  callResponse.end('done');
  expect(await call).toBe('done');
  await stopped;
  expect(order).toEqual(['database', 'hsm']);
});

test('a connection that was opened before the end still gets the answer to its first call', async () => {
  const server = createServer((_, response) => void response.end('done'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
  const stopped = stop({ server, endStreams: () => Promise.resolve(), closers: [] });
  const answer = once(socket, 'data');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(String(await answer)).toMatch(/^HTTP\/1.1 200 [\s\S]*Connection: close[\s\S]*done/);
  await stopped;
});
