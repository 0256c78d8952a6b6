import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startApi, type TestApi } from '../test/support/api.ts';

// What a caller sends beyond all measure, byte for byte as no client library would send it.
let api: TestApi;
let ro: string;
beforeAll(async () => {
  api = await startApi();
  ro = await api.signIn('RO');
});
afterAll(() => api.close());

/** Sends these bytes and no more; the status of every answer until the server or we close. */
function statuses(bytes: string | Buffer, answers = 1): Promise<number[]> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    const found = () => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (found().length === answers) socket.destroy();
    });
    socket.on('close', () => resolve(found()));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
  });
}

const head = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', `Cookie: ${ro}`, ...headers, '', ''].join('\r\n');
const json = 'Content-Type: application/json';

describe('bodies', () => {
  test('a body that is declared too large is refused before a byte of it is sent', async () => {
    expect(await statuses(head('POST /api/session', json, 'Content-Length: 1000000000'))).toEqual([413]);
  });

  test('a body in chunks is refused as soon as it is over 256 kB, though it never ends', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    expect(await statuses(head('POST /api/session', json, 'Transfer-Encoding: chunked') + chunk.repeat(5))).toEqual([413]);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('what %s packs may not be larger than 256 kB when it is open', async (encoding, pack) => {
    const packed = pack(Buffer.from(`{"login":"${'x'.repeat(5_000_000)}"}`));
    expect(packed.length).toBeLessThan(10_000);
    const start = head('POST /api/session', json, `Content-Encoding: ${encoding}`, `Content-Length: ${packed.length}`);
    expect(await statuses(Buffer.concat([Buffer.from(start), packed]))).toEqual([413]);
  });

  test.each(['br', 'zstd', 'nonsense'])('the encoding %s is refused or its content read as no JSON', async (encoding) => {
    const [status] = await statuses(`${head('POST /api/session', json, `Content-Encoding: ${encoding}`, 'Content-Length: 2')}{}`);
    expect([400, 415]).toContain(status);
  });
});

describe('heads', () => {
  test('a head over 16 kB is refused', async () => {
    expect(await statuses(head('GET /api/me', `X-Long: ${'x'.repeat(100_000)}`))).toEqual([431]);
    expect(await statuses(head(`GET /api/me?${'x'.repeat(100_000)}`))).toEqual([431]);
  });

  test.each(['limit=1', 'search=a', 'state=draft', 'unknown=1'])('a thousand times %s is a wrong address', async (parameter) => {
    const query = Array<string>(1000).fill(parameter).join('&');
    expect(await statuses(head(`GET /api/requests?${query}`))).toEqual([400]);
  });

  test('no header makes another method of a request', async () => {
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      expect(await statuses(head('POST /api/me?_method=GET', `${name}: GET`, json, 'Content-Length: 0'))).toEqual([405]);
      expect(await statuses(head('GET /api/me', `${name}: DELETE`))).toEqual([200]);
    }
  });

  test.each([
    '/api%2fme',
    '/api/%2e%2e/api/me',
    '/api/x/..%2fme',
    '/api/requests/..%2f..%2fme',
    '/api/requests/%2e%2e/me',
    '//api//me',
    '/api/me%00',
    '/api/m%65',
  ])('an address is what is written, not what it could be taken for: %s', async (path) => {
    const [status] = await statuses(head(`GET ${path}`));
    expect([400, 404]).toContain(status);
  });
});

/** Where a proxy and we could see the end of a request in different places: RFC 9112 6.3 and 11.2. */
describe('no request hides in another', () => {
  const hidden = head('GET /api/health/live');
  const signIn = (...headers: string[]) => head('POST /api/session', json, ...headers);
  test('two honest requests have two answers', async () => {
    expect(await statuses(`${signIn('Content-Length: 2')}{}${hidden}`, 2)).toEqual([422, 200]);
    expect(await statuses(`${signIn('Transfer-Encoding: chunked')}2\r\n{}\r\n0\r\n\r\n${hidden}`, 2)).toEqual([422, 200]);
  });

  test.each([
    ['two lengths', ['Content-Length: 2', `Content-Length: ${2 + hidden.length}`], '{}'],
    ['a list of lengths', [`Content-Length: 2, ${2 + hidden.length}`], '{}'],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['chunks that are not the last encoding', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['another name of chunks', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a blank before the colon', ['Content-Length : 2'], '{}'],
    ['a continued line', ['Transfer-Encoding:', ' chunked'], '0\r\n\r\n'],
    ['a length with a sign', ['Content-Length: +2'], '{}'],
    ['a chunk with a wrong length', ['Transfer-Encoding: chunked'], '0x2\r\n{}\r\n0\r\n\r\n'],
    ['lines that end in LF', ['Transfer-Encoding: chunked'], '2\n{}\n0\n\n'],
  ])('%s', async (_, headers, body) => {
    expect(await statuses(signIn(...headers) + body + hidden, 2)).toEqual([400]);
  });
});
