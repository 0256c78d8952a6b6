import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import * as der from './der.ts';
import { assertDer, children, DerError, Fields, readDer } from './der-reader.ts';
import { booleanOf, namedBitsOf, oidOf, smallNumberOf, textOf, timeOf, unsignedOf } from './der-values.ts';

const node = (hex: string) => readDer(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
/** Header of a SEQUENCE with `length` octets inside. */
const headOf = (length: number) => {
  const octets = [length >> 16, (length >> 8) & 0xff, length & 0xff].slice(length < 0x100 ? 2 : length < 0x10000 ? 1 : 0);
  return Buffer.from(length < 0x80 ? [0x30, length] : [0x30, 0x80 | octets.length, ...octets]);
};
const refused = (hex: string, message: RegExp | string = '') =>
  expect(() => node(hex)).toThrow(expect.objectContaining({ message: expect.stringMatching(message) as string }));

describe('what is written is read back', () => {
  test('integers of any size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), (n) => BigInt(`0x${unsignedOf(readDer(der.integer(n))).toString('hex')}`) === n),
    );
  });

  test('magnitudes with leading zeros become minimal', () => {
    expect(der.integer(Buffer.from('00007f', 'hex'))).toEqual(Buffer.from('02017f', 'hex'));
    expect(der.integer(Buffer.from('0080', 'hex'))).toEqual(Buffer.from('02020080', 'hex'));
    expect(der.integer(Buffer.alloc(0))).toEqual(Buffer.from('020100', 'hex'));
  });

  test('object identifiers, with arcs beyond 2^32 and 2^64', () => {
    const arc = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    const dotted = fc.oneof(
      fc.tuple(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 39n }), fc.array(arc, { maxLength: 6 })),
      fc.tuple(fc.constant(2n), fc.bigInt({ min: 0n, max: 2n ** 100n }), fc.array(arc, { maxLength: 6 })),
    );
    fc.assert(
      fc.property(dotted, ([root, second, rest]) => {
        const id = [root, second, ...rest].join('.');
        return oidOf(readDer(der.oid(id))) === id;
      }),
    );
  });

  test('contents of every length, nested', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 127, 128, 255, 256, 65_535, 65_536), (length) => {
        const inner = der.octetString(Buffer.alloc(length, 7));
        const [child, second] = children(readDer(der.sequence(inner, der.NULL)));
        return child?.value.length === length && second?.tag === 5;
      }),
    );
  });

  test('times, by UTCTime through 2049 and GeneralizedTime from 2050', () => {
    const times = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(fc.property(times, (date) => timeOf(readDer(der.time(date))).getTime() === Math.floor(date.getTime() / 1000) * 1000));
    expect(der.time(new Date('2049-12-31T23:59:59.999Z')).toString('latin1')).toMatch(/^\x17\x0d491231235959Z$/);
    expect(der.time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toMatch(/^\x18\x0f20500101000000Z$/);
    expect(der.time(new Date('1949-12-31T23:59:59Z'))[0]).toBe(0x18);
  });

  test('text and named bits', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => textOf(readDer(der.utf8String(text))) === text));
    const bits = fc.uniqueArray(fc.integer({ min: 0, max: 20 })).map((list) => list.sort((a, b) => a - b));
    fc.assert(fc.property(bits, (list) => JSON.stringify(namedBitsOf(readDer(der.namedBits(list)))) === JSON.stringify(list)));
  });
});

test('a set is written in the order of its encodings', () => {
  const set = der.setOf([der.integer(3), der.integer(1), der.NULL, der.integer(2)]);
  expect(children(readDer(set)).map(({ raw }) => raw.toString('hex'))).toEqual(['020101', '020102', '020103', '0500']);
});

test('the writer refuses what the type cannot hold', () => {
  for (const bad of ['1', '3.1', '1.40', '1.2.', '1.2.03', '1.2.-3', 'x']) expect(() => der.oid(bad)).toThrow(RangeError);
  expect(() => der.integer(-1)).toThrow(RangeError);
  expect(() => der.printableString('a@b')).toThrow(RangeError);
  expect(() => der.ia5String('è')).toThrow(RangeError);
  expect(() => der.utf8String('\ud800')).toThrow(RangeError);
  expect(() => der.time(new Date(Number.NaN))).toThrow(RangeError);
});

describe('the reader refuses what is not DER', () => {
  test('lengths', () => {
    refused('30 80 00 00', 'indefinite');
    refused('04 85 00 00 00 00 01 aa', 'more than 4');
    refused('04 81 01 aa', 'not minimal');
    refused('04 82 00 80', 'not minimal');
    refused('04 02 aa', 'truncated');
    refused('04 84 ff ff ff ff', 'truncated');
    refused('04 82 01', 'truncated');
    refused('04', 'truncated');
    refused('', 'truncated');
    refused('04 01 aa 00', 'follow');
    refused('1f 81 00 00', 'tags');
  });

  test('depth: a bomb of 100,000 levels costs an error, no stack', () => {
    let bomb: Buffer = Buffer.alloc(0);
    for (let i = 0; i < 30; i++) bomb = der.sequence(bomb);
    expect(() => assertDer(readDer(bomb))).toThrow(/deeply/);
    const heads: Buffer[] = [];
    for (let length = 0, i = 0; i < 100_000; i++) {
      const head = headOf(length);
      heads.push(head);
      length += head.length;
    }
    expect(() => assertDer(readDer(Buffer.concat(heads.reverse())))).toThrow(/deeply/);
  });

  test('values', () => {
    expect(() => unsignedOf(node('02 00'))).toThrow(/empty/);
    expect(() => unsignedOf(node('02 01 80'))).toThrow(/negative/);
    expect(() => unsignedOf(node('02 02 00 7f'))).toThrow(/minimal/);
    expect(() => smallNumberOf(node('02 05 01 00 00 00 00'))).toThrow(/range/);
    expect(() => booleanOf(node('01 01 01'))).toThrow(/DER/);
    expect(() => oidOf(node('06 00'))).toThrow(/range/);
    expect(() => oidOf(node('06 02 80 01'))).toThrow(/minimal/);
    expect(() => oidOf(node('06 02 2a 86'))).toThrow(/truncated/);
    expect(() => oidOf(node(`06 15 2a ${'ff'.repeat(19)} 7f`))).toThrow(/range/);
    expect(() => namedBitsOf(node('03 02 00 80'))).toThrow(/minimal/);
    expect(() => namedBitsOf(node('03 02 07 00'))).toThrow(/minimal/);
    expect(() => textOf(node('0c 02 c0 80'))).toThrow(/UTF-8/);
    expect(() => textOf(node('13 01 e9'))).toThrow(/ASCII/);
    expect(() => textOf(node('1e 01 41'))).toThrow(/odd/);
  });

  test('times with fractions, offsets, without seconds, or that do not exist', () => {
    for (const text of [
      '20260101000000.5Z',
      '20260101000000+0100',
      '202601010000Z',
      '20260431000000Z',
      '20261301000000Z',
      '20260101250000Z',
      '20260101000060Z',
    ]) {
      expect(() => timeOf(readDer(der.tlv(0x18, Buffer.from(text))))).toThrow(DerError);
    }
  });

  test('missing, surplus and wrong fields', () => {
    const fields = () => new Fields(readDer(der.sequence(der.NULL)));
    expect(() => fields().next(0x02)).toThrow(/0x02 expected, 0x05 found/);
    expect(() => fields().end()).toThrow(/unexpected/);
    const one = fields();
    one.next();
    expect(() => one.next()).toThrow(/missing/);
    expect(() => children(readDer(der.NULL))).toThrow(/constructed/);
  });
});

test('an arc of 2^32 + 1 is not the arc 1', () => {
  const id = '1.2.840.113549.1.1.4294967297';
  expect(oidOf(readDer(der.oid(id)))).toBe(id);
  expect(der.oid(id)).not.toEqual(der.oid('1.2.840.113549.1.1.1'));
});

test.each(['06082a8048ce3d030107', '0603552a80', '0600', '0602805a'].map((hex) => [hex]))(
  'an object identifier with an arc that begins with nothing, or does not end, is refused: %s',
  (hex) => {
    expect(() => assertDer(readDer(Buffer.from(hex, 'hex')))).toThrow();
  },
);

test('octets that end nothing are refused wherever they stand', () => {
  for (const hex of ['0000', '30020000', '310400000000'])
    expect(() => assertDer(readDer(Buffer.from(hex, 'hex')))).toThrow(/end-of-contents/);
});

test.each(['1c05526f737369', '1e03004100'])('characters of several octets are whole: %s is refused', (hex) => {
  expect(() => assertDer(readDer(Buffer.from(hex, 'hex')))).toThrow(/do not suit/);
});
