import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { decodePem, encodePem } from './pem.ts';

test('PEM comes back as it went, with any line ends', () => {
  for (const length of [1, 47, 48, 49, 500]) {
    const der = randomBytes(length);
    const text = encodePem('CERTIFICATE', der);
    expect(decodePem('CERTIFICATE', text)).toEqual(der);
    expect(decodePem('CERTIFICATE', `\r\n${text.replaceAll('\n', '\r\n')}`)).toEqual(der);
    expect(text.split('\n').every((line) => line.length <= 64)).toBe(true);
  }
});

test.each([
  ['another label', encodePem('X509 CRL', Buffer.from('a'))],
  ['two blocks', encodePem('CERTIFICATE', Buffer.from('a')).repeat(2)],
  ['text before it', `x${encodePem('CERTIFICATE', Buffer.from('a'))}`],
  ['a missing padding', '-----BEGIN CERTIFICATE-----\nYQ\n-----END CERTIFICATE-----\n'],
  ['nothing', ''],
])('%s is refused', (_, text) => {
  expect(() => decodePem('CERTIFICATE', text)).toThrow(expect.objectContaining({ type: 'invalid_input' }));
});
