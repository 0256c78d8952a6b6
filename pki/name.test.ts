import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openssl } from '../test/support/openssl.ts';
import { memorySigner } from '../test/support/memory-signer.ts';
import { buildCsr } from './csr.ts';
import { oid, sequence, setOf, tlv } from './der.ts';
import type { NameAttribute } from './name.ts';
import { encodeName, nameAttributes, nameToString } from './name.ts';

const anna: NameAttribute[] = [
  ['C', 'IT'],
  ['O', 'Regione Aurelia'],
  ['OU', 'Ospedale Santa Lucia'],
  ['SN', "D'Àvila"],
  ['GN', 'Łucja'],
  ['serialNumber', 'TINIT-RSSNNA80A41H501X'],
  ['DC', 'example'],
  ['emailAddress', 'anna@aurelia.example'],
  ['CN', 'Łucja + "Anna", #1; <x> \\ '],
];

test('openssl reads the same name', async () => {
  const run = await openssl();
  await run.write('a.csr', await buildCsr(memorySigner('P-256'), anna));
  const text = await run('req', '-in', 'a.csr', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8');
  expect(text).toContain(
    String.raw`CN=Łucja \+ \"Anna\"\, #1\; \<x\> \\\ ,emailAddress=anna@aurelia.example,DC=example,serialNumber=TINIT-RSSNNA80A41H501X`,
  );
  expect(text).toContain("GN=Łucja,SN=D'Àvila,OU=Ospedale Santa Lucia,O=Regione Aurelia,C=IT");
});

test('RFC 4514: most specific first, escaped', () => {
  expect(nameToString(encodeName(anna))).toBe(
    String.raw`CN=Łucja \+ \"Anna\"\, #1\; \<x\> \\\ ,emailAddress=anna@aurelia.example,DC=example,serialNumber=TINIT-RSSNNA80A41H501X,` +
      "GN=Łucja,SN=D'Àvila,OU=Ospedale Santa Lucia,O=Regione Aurelia,C=IT",
  );
  expect(nameToString(encodeName([['CN', ' #a ']]))).toBe(String.raw`CN=\ #a\ `);
  expect(nameToString(encodeName([['CN', '#a']]))).toBe(String.raw`CN=\#a`);
});

test('what is encoded is read back', () => {
  const type = fc.constantFrom('CN', 'O', 'OU', 'SN', 'GN', 'L');
  const value = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((text) => !/\p{Cc}/u.test(text) && [...text].length <= 64);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(type, value), { minLength: 1 }),
      (name) => JSON.stringify(nameAttributes(encodeName(name))) === JSON.stringify(name),
    ),
  );
});

test.each<[string, NameAttribute]>([
  ['an unknown type', ['X', 'a']],
  ['a type that every object has', ['constructor', 'a']],
  ['an empty value', ['CN', '']],
  ['a value that is too long', ['CN', 'a'.repeat(65)]],
  ['a NUL', ['CN', 'admin\0.example']],
  ['a line break', ['CN', 'a\nb']],
  ['a country in small letters', ['C', 'it']],
  ['a serial number outside PrintableString', ['serialNumber', 'a_b']],
  ['an e-mail address outside ASCII', ['emailAddress', 'è@x.example']],
  ['half a character', ['CN', 'a\ud800']],
])('%s is refused', (_, attribute) => {
  expect(() => encodeName([attribute])).toThrow(expect.objectContaining({ type: 'invalid_input' }));
});

test('foreign names: several attributes in one RDN, unknown types, no text, control characters', () => {
  const attribute = (id: string, value: Buffer) => sequence(oid(id), value);
  const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
  const name = sequence(
    setOf([attribute('2.5.4.6', tlv(0x13, Buffer.from('IT')))]),
    setOf([attribute('2.5.4.3', utf8('a\nb')), attribute('2.5.4.11', utf8('c'))]),
    setOf([attribute('1.2.3', utf8('d'))]),
  );
  expect(nameToString(name)).toBe(String.raw`1.2.3=#0c0164,OU=c+CN=a\0ab,C=IT`);
  expect(() => nameToString(Buffer.from('3003020101', 'hex'))).toThrow(expect.objectContaining({ type: 'invalid_input' }));
});
