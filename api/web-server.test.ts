import { request, type Server } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { tlsCa } from '../test/support/tls.ts';
import { redirectServer, webServer } from './web-server.ts';

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const redirectOf = (port: number, path: string, host: string): Promise<[number | undefined, string | undefined]> =>
  new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve([response.statusCode, response.headers.location]);
    });
    asked.on('error', reject).end();
  });

test.each([
  ['/requests?q=a', 'https://cms.example.it/requests?q=a'],
  ['//evil.example/x', 'https://cms.example.it//evil.example/x'],
  ['http://evil.example/x', 'https://cms.example.it/'],
])('plain http is sent to the same place of the console, whatever host the caller names: %s', async (path, location) => {
  const port = await portOf(redirectServer('https://cms.example.it'));
  expect(await redirectOf(port, path, 'evil.example')).toEqual([308, location]);
});

test('https is served with the certificate, and refused by who trusts another CA', async () => {
  const [ours, other] = await Promise.all([tlsCa('ours'), tlsCa('another')]);
  const port = await portOf(webServer(await ours.issue('127.0.0.1'), (_, response) => response.end('hello')));
  const get = (ca: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = secureRequest({ port, host: '127.0.0.1', ca, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      asked.on('error', reject).end();
    });
  expect(await get(ours.pem)).toBe('hello');
  await expect(get(other.pem)).rejects.toThrow(/certificate/);
});
