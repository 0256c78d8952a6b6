import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startApi, type TestApi } from '../test/support/api.ts';
import { networkOf } from './client-address.ts';

let proxied: TestApi;
let direct: TestApi;
beforeAll(async () => {
  [proxied, direct] = await Promise.all([startApi({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8'] }), startApi()]);
});
afterAll(() => Promise.all([proxied.close(), direct.close()]));

/** The address that the audit trail keeps of a sign-in that failed; each of another person, as failures delay the next try. */
async function recorded(api: TestApi, forwarded: string): Promise<unknown> {
  const body = { login: `${uuid()}@example.it`, password: 'wrong' };
  await api.call('POST', '/api/session', { body, headers: { 'X-Forwarded-For': forwarded, 'X-Forwarded-Proto': 'https' } });
  const row = (await api.database.operations('audit_outbox').orderBy('id', 'desc').first('detail')) as { detail: { address: string } };
  return row.detail.address;
}

test.each([
  ['one proxy', '203.0.113.7', '203.0.113.7'],
  ['two proxies of ours', '203.0.113.7, 10.1.2.3', '203.0.113.7'],
  ['what the caller wrote before the proxy did', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['a caller who claims to be a proxy of ours', '10.9.9.9, 203.0.113.7', '203.0.113.7'],
  ['IPv6', '2001:db8::7, fd00::1', '2001:db8::7'],
  ['what is no address', 'unknown, 10.1.2.3', '10.1.2.3'],
])('behind trusted proxies the caller is the first who is none: %s', async (_, forwarded, address) => {
  expect(await recorded(proxied, forwarded)).toBe(address);
});

test('who is no trusted proxy cannot choose an address', async () => {
  expect(await recorded(direct, '203.0.113.7')).toBe('127.0.0.1');
});

test('a new forged address with each try does not escape the brake on guessing', async () => {
  const guess = (i: number) =>
    direct.call('POST', '/api/portal/activation', {
      body: { serial: String(6090_0000_0000_0000 + i), code: 'XXXX-XXXX-XXXX', pin: '123456', password: 'long enough password' },
      headers: { 'X-Forwarded-For': `203.0.113.${i}` },
    });
  const statuses: number[] = [];
  for (let i = 0; i < 25; i++) statuses.push((await guess(i)).status);
  expect(statuses).toContain(429);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
