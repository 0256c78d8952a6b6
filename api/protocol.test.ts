import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { startApi, type TestApi } from '../test/support/api.ts';
import { person } from '../test/support/api-organisation.ts';
import { operation } from './operation.ts';
import { operations } from './routes/index.ts';

const leaky = operation({
  method: 'get',
  path: '/leaky',
  summary: 'Answers with more than it says',
  permission: 'public',
  response: z.object({ shown: z.string(), inner: z.object({ shown: z.string() }) }),
  handle: () => Promise.resolve({ shown: 'a', secret: 'password_hash', inner: { shown: 'b', secret: 'password_hash' } }),
});
const broken = operation({
  method: 'get',
  path: '/broken',
  summary: 'Fails as no operation should',
  permission: 'public',
  handle: () => Promise.reject(new Error('connection string with secret')),
});

const script = "document.documentElement.dataset.theme = 'dark';";
const folder = mkdtempSync(join(tmpdir(), 'api-console-'));
mkdirSync(join(folder, '_app/immutable'), { recursive: true });
writeFileSync(join(folder, '200.html'), `<html><script>${script}</script><script src="/_app/immutable/a.js"></script></html>`);
writeFileSync(join(folder, '_app/immutable/a.js'), 'export {};');
writeFileSync(join(tmpdir(), `outside-${process.pid}.txt`), 'outside');

const cursor = (key: string) => Buffer.from(JSON.stringify([key, '0199a1c2-0000-7000-8000-000000000001'])).toString('base64url');

let api: TestApi;
let ro: string;
const lines: string[] = [];
beforeAll(async () => {
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  api = await startApi({ operations: { ...operations, leaky, broken }, consoleFolder: folder, log });
  ro = await api.signIn('RO');
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
  rmSync(join(tmpdir(), `outside-${process.pid}.txt`));
});

const post = (path: string, body: unknown, headers = {}) => api.call('POST', path, { as: ro, body, headers });
const newHolder = (changes: object = {}) => ({ unitId: api.organisation.office, ...person(), ...changes });

describe('what comes in', () => {
  test('unknown fields are named where they stand, at every depth', async () => {
    const body = { ...newHolder(), id: 'x', registeredBy: 'x', version: 9, document: { ...person().document, seen: true } };
    const answer = await post('/api/holders', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input']);
    const pointers = (answer.body.errors as { pointer: string }[]).map((e) => e.pointer);
    expect(pointers.sort()).toEqual(['/document/seen', '/id', '/registeredBy', '/version']);
  });

  test('a prototype is no way in', async () => {
    const answer = await post('/api/holders', `{"__proto__":{"admin":true},"constructor":1}`);
    expect(answer.status).toBe(400);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each(['{', '[1,2', '"text"', 'null', '1', '', '{"a":"\\ud800"}', '{"\\udfff":1}', '['.repeat(100_000)])(
    'malformed JSON is 400: %s',
    async (body) => {
      const answer = await post('/api/holders', body);
      // No body at all is an empty object: fields are missing.
      expect([answer.status, answer.body.code]).toEqual(body === '' ? [422, 'invalid_input'] : [400, 'malformed_request']);
    },
  );

  test.each([
    [{ givenName: 7 }, '/givenName'],
    [{ birthDate: 'yesterday' }, '/birthDate'],
    [{ birthDate: '2999-01-01' }, '/birthDate'],
    [{ givenName: 'x'.repeat(61) }, '/givenName'],
    [{ familyName: '<script>' }, '/familyName'],
    [{ familyName: 'a\u0000b' }, '/familyName'],
    [{ document: { ...person().document, expiresOn: '2001-01-01' } }, '/document/expiresOn'],
    [{ unitId: 'DROP TABLE' }, '/unitId'],
  ])('%j is 422 with its pointer', async (change, pointer) => {
    const answer = await post('/api/holders', newHolder(change));
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });

  test.each([
    '/api/requests?state=nonsense',
    '/api/requests?limit=0',
    '/api/requests?limit=1e9',
    '/api/requests?unknown=1',
    '/api/requests?sort=password',
    '/api/requests?limit=1&limit=2',
    '/api/requests/not-an-id',
    '/api/requests?cursor=%00',
    '/api/requests?cursor=eyJ4Ijox',
    `/api/requests?cursor=${cursor('2026-02-31 10:00:00+00')}`,
    `/api/requests?cursor=${cursor('0000-01-01 10:00:00+00')}`,
    `/api/requests?cursor=${cursor('2026-01-01 10:00:00+16')}`,
    '/api/requests?from=0000-01-01T00:00:00Z',
    '/api/requests?to=0001-01-01T00:00:00%2B23:59',
    '/api/requests?search=%00',
    '/api/requests/%E0%A4%A',
  ])('an address that is wrong is 400: %s', async (path) => {
    const answer = await api.call('GET', path, { as: ro });
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_request']);
  });

  test('several states may be asked for', async () => {
    expect((await api.call('GET', '/api/requests?state=draft&state=approved', { as: ro })).status).toBe(200);
  });

  test('over 256 kB is 413, and the type must be JSON', async () => {
    expect((await post('/api/holders', newHolder({ birthPlace: 'x'.repeat(300_000) }))).status).toBe(413);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml']) {
      expect((await post('/api/holders', newHolder(), { 'Content-Type': type })).body.code).toBe('unsupported_media_type');
    }
  });

  test('text that would be SQL or markup elsewhere comes back as the text it is', async () => {
    const givenName = `Robert'); drop table holders;-- {{7*7}} \${7*7} & "`;
    const created = await post('/api/holders', newHolder({ givenName, taxCode: 'BNCLRA80A41F205G' }));
    expect([created.status, created.body.givenName]).toEqual([201, givenName]);
    const found = await api.call('GET', `/api/holders?search=${encodeURIComponent("robert'); drop")}`, { as: ro });
    expect(found.body.items.map((h: { id: string }) => h.id)).toEqual([created.body.id]);
    for (const search of ["' or 1=1 --", '%', '_____', '\\', '*']) {
      const answer = await api.call('GET', `/api/holders?search=${encodeURIComponent(search)}`, { as: ro });
      expect([search, answer.status, answer.body.items]).toEqual([search, 200, []]);
    }
  });
});

describe('what goes out', () => {
  test('fields that the response does not name are stripped', async () => {
    expect((await api.call('GET', '/api/leaky')).text).toBe('{"shown":"a","inner":{"shown":"b"}}');
  });

  test('a defect is a bare 500 with the id under which it is logged', async () => {
    const answer = await api.call('GET', '/api/broken');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    expect(answer.body.instance).toBe(`urn:uuid:${answer.headers.get('X-Request-Id')}`);
    expect(lines.some((line) => line.includes(answer.headers.get('X-Request-Id') ?? '-') && line.includes('request failed'))).toBe(true);
  });

  test('the id that a caller gives is that of the answer and of the log, if it is a UUID and nothing else', async () => {
    const given = '0D5F1F3A-6c1e-4b39-9c55-2f0f5a7f7b11';
    const id = async (value: string) =>
      (await api.call('GET', '/api/units', { headers: { 'X-Request-Id': value } })).headers.get('X-Request-Id');
    expect(await id(given)).toBe(given.toLowerCase());
    expect(lines.at(-1)).toContain(`"requestId":"${given.toLowerCase()}"`);
    for (const value of ['7', `${given}0`, `${given} evil`, '"}{"level":60', '%0a']) expect(await id(value)).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.slice(-5).join('')).not.toMatch(/evil|7b110/);
    const problem = await api.call('GET', '/api/nothing', { headers: { 'X-Request-Id': given } });
    expect(problem.body.instance).toBe(`urn:uuid:${given.toLowerCase()}`);
  });

  test('the log holds no query, no body, no cookie', async () => {
    await api.call('GET', '/api/holders?search=Searchedname', { as: ro });
    await post('/api/holders', newHolder({ givenName: 'Bodyname' }));
    expect(lines.join('')).toContain('"operation":"createHolder"');
    expect(lines.join('')).not.toMatch(/Searchedname|Bodyname|sid=/);
  });

  test('files of the console and questions of load balancers make no lines, unless they are refused', async () => {
    const before = lines.length;
    for (const path of ['/', '/_app/immutable/a.js', '/health/live', '/api/health/ready']) await api.call('GET', path);
    expect(lines.slice(before)).toEqual([]);
    await api.call('GET', '/_app/immutable/gone.js');
    expect(lines.slice(before).join('')).toContain('"status":404');
  });

  test('unknown addresses and methods are problems too', async () => {
    expect((await api.call('GET', '/api/nothing')).body.code).toBe('not_found');
    const wrongMethod = await api.call('PATCH', '/api/me', { as: ro, body: {} });
    expect([wrongMethod.status, wrongMethod.body.code]).toEqual([405, 'method_not_allowed']);
    expect(wrongMethod.headers.get('Allow')).toBe('HEAD, GET');
    const noId = await api.call('PATCH', '/api/holders/export', { as: ro, body: {} });
    expect([noId.status, noId.headers.get('Allow')]).toEqual([405, 'HEAD, GET']);
  });

  test.each([
    ['TRACE', '/api/me', 405],
    ['PROPFIND', '/api/me', 405],
    ['TRACE', '/api/nothing', 404],
    ['TRACE', '/', 404],
  ])('a method that nobody knows is no defect: %s %s', async (method, path, status) => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(api.url + path, { method, headers: { Cookie: ro } }, resolve)
        .on('error', reject)
        .end();
    });
    answer.resume();
    expect(answer.statusCode).toBe(status);
  });

  test('every answer has strict headers, and the API is never cached', async () => {
    const { headers } = await api.call('GET', '/api/me', { as: ro });
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('DENY');
    expect(headers.get('Referrer-Policy')).toBe('same-origin');
    expect(headers.get('Permissions-Policy')).toContain('camera=()');
    const csp = headers.get('Content-Security-Policy') ?? '';
    expect(csp).toContain("default-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toMatch(/script-src[^;]*unsafe|upgrade-insecure/);
    expect(headers.get('X-Powered-By')).toBeNull();
  });
});

describe('other sites', () => {
  test.each([
    ['Sec-Fetch-Site cross-site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['Sec-Fetch-Site same-site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['a foreign Origin', { Origin: 'https://evil.example' }, 403],
    ['Origin null', { Origin: 'null' }, 403],
    ['Sec-Fetch-Site same-origin', { 'Sec-Fetch-Site': 'same-origin' }, 422],
    ['Sec-Fetch-Site none', { 'Sec-Fetch-Site': 'none' }, 422],
    ['neither, as programs do', {}, 422],
  ])('%s', async (_, headers, status) => {
    expect(await rawPost('/api/holders', headers)).toBe(status);
  });

  /** `fetch` forbids these headers to its callers. */
  const rawPost = (path: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(
        api.url + path,
        { method: 'POST', headers: { ...headers, Cookie: ro, 'Content-Type': 'application/json' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      request.on('error', reject);
      request.end('{}');
    });
});

describe('versions', () => {
  test('what is edited carries its version as ETag; without or with an old one it is not changed', async () => {
    const created = await post('/api/holders', newHolder({ taxCode: 'VRDGPP70C15L219C' }));
    expect([created.status, created.headers.get('ETag')]).toEqual([201, `"${created.body.version}"`]);
    const path = `/api/holders/${created.body.id}`;
    const edit = (headers: Record<string, string>, birthPlace = 'Pisa') =>
      api.call('PATCH', path, { as: ro, body: person({ taxCode: 'VRDGPP70C15L219C', birthPlace }), headers });
    expect((await edit({})).status).toBe(428);
    expect((await edit({ 'If-Match': '*' })).status).toBe(400);
    expect((await edit({ 'If-Match': '"99"' })).body.code).toBe('version_conflict');
    const edited = await edit({ 'If-Match': created.headers.get('ETag') ?? '' });
    expect([edited.status, edited.body.birthPlace, edited.body.version > created.body.version]).toEqual([200, 'Pisa', true]);
    expect((await edit({ 'If-Match': created.headers.get('ETag') ?? '' }, 'Lucca')).status).toBe(412);
  });

  test('a person who is registered already is told where', async () => {
    const first = await post('/api/holders', newHolder({ taxCode: 'NRELCU75D12H501H' }));
    const second = await post('/api/holders', newHolder({ taxCode: 'NRELCU75D12H501H' }));
    expect([second.status, second.body.code, second.body.existing]).toEqual([409, 'duplicate', first.body.id]);
  });
});

describe('the console', () => {
  test('its page is at every address that is no file, and its inline script is named in the policy', async () => {
    for (const path of ['/', '/requests/1', '/my/activate']) {
      const answer = await api.call('GET', path);
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(script) as string]);
    }
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(script))).toString('base64');
    expect((await api.call('GET', '/')).headers.get('Content-Security-Policy')).toContain(`script-src 'self' 'sha256-${digest}'`);
  });

  test('files are files, immutable ones for a year; what is missing is missing', async () => {
    const file = await api.call('GET', '/_app/immutable/a.js');
    expect([file.text, file.headers.get('Cache-Control')]).toEqual(['export {};', 'public, max-age=31536000, immutable']);
    expect((await api.call('GET', '/_app/immutable/gone.js')).status).toBe(404);
  });

  test.each([
    `/../outside-${process.pid}.txt`,
    `/..%2Foutside-${process.pid}.txt`,
    `/%2e%2e/outside-${process.pid}.txt`,
    `/_app/..%5c..%5coutside-${process.pid}.txt`,
  ])('no address leads outside: %s', async (path) => {
    const answer = await new Promise<string>((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: new URL(api.url).port, path }, (res) => {
        let text = '';
        res.on('data', (chunk: Buffer) => (text += chunk.toString()));
        res.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    expect(answer).not.toContain('outside\n');
    expect(answer).not.toBe('outside');
  });

  test('the documentation comes from this host, without inline script', async () => {
    const page = await api.call('GET', '/api/docs');
    expect(page.text).not.toMatch(/<script>|https?:/);
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => asset ?? '');
    expect(assets).toHaveLength(3);
    for (const asset of assets) expect((await api.call('GET', asset)).status).toBe(200);
    expect((await api.call('GET', '/api/openapi.json')).body.openapi).toBe('3.1.1');
  });
});

test('health answers at the root as well', async () => {
  for (const path of ['/health/live', '/api/health/live', '/health/ready']) expect((await api.call('GET', path)).status).toBe(200);
});
