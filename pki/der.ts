/** DER writer (X.690 clause 10 and 11): each function returns one complete element. The reader is `der-reader.ts`. */

const MAX_SINGLE_BYTE_LENGTH = 0x7f;

/** One element: identifier octet, length, contents. */
export function tlv(tag: number, contents: Buffer | readonly Buffer[]): Buffer {
  const parts = Array.isArray(contents) ? (contents as readonly Buffer[]) : [contents as Buffer];
  let length = 0;
  for (const part of parts) length += part.length;
  const head = header(tag, length);
  return Buffer.concat([head, ...parts], head.length + length);
}

function header(tag: number, length: number): Buffer {
  if (length <= MAX_SINGLE_BYTE_LENGTH) return Buffer.from([tag, length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([tag, 0x80 | octets.length, ...octets]);
}

export const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, parts);

/** As `sequence`, for lists of any length (a call with 100,000 arguments would overflow the stack). */
export const sequenceOf = (parts: readonly Buffer[]): Buffer => tlv(0x30, parts);

/** SET OF: DER wants ascending order of the encodings (X.690 11.6). */
export const setOf = (parts: readonly Buffer[]): Buffer => tlv(0x31, sorted(parts));

const sorted = (parts: readonly Buffer[]): Buffer[] => [...parts].sort((a, b) => a.compare(b));

/** `[n]` constructed: EXPLICIT, or IMPLICIT over a SEQUENCE or SET. */
export const constructed = (n: number, ...parts: Buffer[]): Buffer => tlv(0xa0 | n, parts);

/** `[n]` primitive: IMPLICIT over a primitive type. */
export const primitive = (n: number, contents: Buffer): Buffer => tlv(0x80 | n, contents);

/** Non-negative INTEGER; a Buffer is an unsigned big-endian magnitude of any length. */
export const integer = (value: number | bigint | Buffer): Buffer => tlv(0x02, integerContents(value));

export const enumerated = (value: number): Buffer => tlv(0x0a, integerContents(value));

function integerContents(value: number | bigint | Buffer): Buffer {
  const magnitude = Buffer.isBuffer(value) ? value : bytesOf(BigInt(value));
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const minimal = start === 0 && magnitude.length > 0 ? magnitude : magnitude.subarray(start);
  if (minimal.length === 0) return Buffer.from([0]);
  return (minimal[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), minimal]) : minimal;
}

function bytesOf(value: bigint): Buffer {
  if (value < 0n) throw new RangeError('DER writer: negative INTEGERs do not occur in what smartCMS writes');
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
}

const oidCache = new Map<string, Buffer>();
const OID_CACHE_LIMIT = 500;

/** OBJECT IDENTIFIER from dotted form; arcs of any size. */
export function oid(dotted: string): Buffer {
  const known = oidCache.get(dotted);
  if (known) return known;
  const encoded = tlv(0x06, oidContents(dotted));
  if (oidCache.size < OID_CACHE_LIMIT) oidCache.set(dotted, encoded);
  return encoded;
}

function oidContents(dotted: string): Buffer {
  if (!/^[012](\.(0|[1-9]\d*))+$/.test(dotted)) throw new RangeError('DER writer: not a dotted object identifier');
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  // X.660: under 0 and 1 there are 40 arcs at most, because both share one octet group with the second arc.
  if (first < 2n && second > 39n) throw new RangeError('DER writer: not a dotted object identifier');
  return Buffer.concat([first * 40n + second, ...rest].map(base128));
}

function base128(arc: bigint): Buffer {
  const octets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return Buffer.from(octets);
}

export const utf8String = (text: string): Buffer => {
  if (!text.isWellFormed()) throw new RangeError('DER writer: not well-formed Unicode');
  return tlv(0x0c, Buffer.from(text, 'utf8'));
};

export const printableString = (text: string): Buffer => {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) throw new RangeError('DER writer: not a PrintableString');
  return tlv(0x13, Buffer.from(text, 'latin1'));
};

export const ia5String = (text: string): Buffer => tlv(0x16, ascii(text));

/** ASCII octets without a header, for IMPLICIT IA5String (`[1]`, `[6]` of GeneralName). */
export function ascii(text: string): Buffer {
  if ([...text].some((c) => c > '\x7f')) throw new RangeError('DER writer: not an IA5String');
  return Buffer.from(text, 'latin1');
}

export const octetString = (bytes: Buffer): Buffer => tlv(0x04, bytes);

export const bitString = (bytes: Buffer, unusedBits = 0): Buffer => tlv(0x03, [Buffer.from([unusedBits]), bytes]);

/** BIT STRING with named bits (KeyUsage): bit 0 is the leftmost, trailing zero bits are dropped (X.690 11.2.2). */
export function namedBits(bits: readonly number[]): Buffer {
  if (bits.length === 0) return bitString(Buffer.alloc(0));
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(bytes, 7 - (last % 8));
}

/** BOOLEAN TRUE; FALSE only occurs as a DEFAULT, which DER omits. */
export const TRUE: Buffer = Buffer.from([0x01, 0x01, 0xff]);

export const NULL: Buffer = Buffer.from([0x05, 0x00]);

/** Time of RFC 5280 4.1.2.5: UTCTime from 1950 through 2049, GeneralizedTime otherwise. Fractions of a second are cut off. */
export function time(date: Date): Buffer {
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? tlv(0x17, Buffer.from(digits(date).slice(2), 'latin1')) : generalizedTime(date);
}

/** GeneralizedTime `YYYYMMDDHHMMSSZ`, without fractions (RFC 5280 4.1.2.5.2). */
export const generalizedTime = (date: Date): Buffer => tlv(0x18, Buffer.from(digits(date), 'latin1'));

function digits(date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError('DER writer: time outside the years 0 to 9999');
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}
