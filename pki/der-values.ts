import type { DerNode } from './der-reader.ts';
import { children, DerError, expectTag } from './der-reader.ts';

/** Non-negative INTEGER as its magnitude without leading zeros; zero is one zero octet. */
export function unsignedOf(node: DerNode): Buffer {
  expectTag(node, 0x02);
  return magnitude(node.value);
}

function magnitude(value: Buffer): Buffer {
  const [first, second = 0] = value;
  if (first === undefined) throw new DerError('empty INTEGER');
  if (first & 0x80) throw new DerError('negative INTEGER');
  if (value.length === 1 || first !== 0) return value;
  if (!(second & 0x80)) throw new DerError('INTEGER is not minimal');
  return value.subarray(1);
}

/** A small INTEGER or ENUMERATED (versions, reasons). */
export function smallNumberOf(node: DerNode): number {
  if (node.tag !== 0x0a) expectTag(node, 0x02);
  const bytes = magnitude(node.value);
  if (bytes.length > 4) throw new DerError('INTEGER out of range');
  return bytes.readUIntBE(0, bytes.length);
}

/** 128-bit arcs under 2.25 (UUIDs, X.667) take 19 octets; nothing longer is in use. */
const MAX_ARC_OCTETS = 19;
const MAX_OID_OCTETS = 255;

/** Dotted OBJECT IDENTIFIER. Arcs of up to 128 bits are exact; longer ones are refused, never cut (CVE-2025-66030). */
export function oidOf(node: DerNode): string {
  const { value } = expectTag(node, 0x06);
  if (value.length === 0 || value.length > MAX_OID_OCTETS) throw new DerError('OBJECT IDENTIFIER out of range');
  const [first = 0n, ...rest] = arcsOf(value);
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

function arcsOf(value: Buffer): bigint[] {
  const arcs: bigint[] = [];
  let arc = 0n;
  let octets = 0;
  for (const octet of value) {
    if (octets === 0 && octet === 0x80) throw new DerError('OBJECT IDENTIFIER is not minimal');
    if (++octets > MAX_ARC_OCTETS) throw new DerError('OBJECT IDENTIFIER out of range');
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet & 0x80) continue;
    arcs.push(arc);
    arc = 0n;
    octets = 0;
  }
  if (octets > 0) throw new DerError('OBJECT IDENTIFIER is truncated');
  return arcs;
}

/** AlgorithmIdentifier, DER: an OBJECT IDENTIFIER and at most one value. */
export function algorithmOf(node: DerNode): Buffer {
  const [id, parameters, ...more] = children(expectTag(node, 0x30));
  if (!id || more.length > 0 || (parameters && ![0x05, 0x06, 0x30].includes(parameters.tag)))
    throw new DerError('AlgorithmIdentifier expected');
  oidOf(id);
  return node.raw;
}

/** BOOLEAN; DER knows only 00 and FF. */
export function booleanOf(node: DerNode): boolean {
  const { value } = expectTag(node, 0x01);
  if (value.length !== 1 || (value[0] !== 0x00 && value[0] !== 0xff)) throw new DerError('BOOLEAN is not DER');
  return value[0] === 0xff;
}

export const octetsOf = (node: DerNode): Buffer => expectTag(node, 0x04).value;

/** BIT STRING that holds whole octets (keys, signatures). */
export function bitOctetsOf(node: DerNode): Buffer {
  const { value } = expectTag(node, 0x03);
  if (value[0] !== 0) throw new DerError('BIT STRING of whole octets expected');
  return value.subarray(1);
}

/** Numbers of the bits that are set, as written by `namedBits`. */
export function namedBitsOf(node: DerNode): number[] {
  const { value } = expectTag(node, 0x03);
  const unused = value[0];
  const bytes = value.subarray(1);
  const last = bytes.at(-1) ?? 0;
  // X.690 11.2.2: the last bit that is encoded is a one.
  const minimal = bytes.length === 0 ? unused === 0 : unused !== undefined && unused < 8 && (last & ((2 << unused) - 1)) === 1 << unused;
  if (!minimal) throw new DerError('BIT STRING is not minimal');
  return [...bytes].flatMap((byte, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (0x80 >> bit)).map((bit) => i * 8 + bit));
}

/** UTCTime or GeneralizedTime in the form of RFC 5280 4.1.2.5: seconds, `Z`, no fractions. */
export function timeOf(node: DerNode): Date {
  const text = node.value.toString('latin1');
  if (node.tag === 0x17) return dateOf(`${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}`);
  expectTag(node, 0x18);
  return dateOf(text);
}

function dateOf(text: string): Date {
  if (!/^\d{14}Z$/.test(text)) throw new DerError('time is not in the form of RFC 5280');
  const iso = text.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const date = new Date(iso);
  // Date rolls 31 April over to 1 May: what does not come back as it went in does not exist.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) throw new DerError('no such date');
  return date;
}

/** Text of the string types that occur in names; undefined for any other type. */
export function textOf(node: DerNode): string | undefined {
  switch (node.tag) {
    case 0x0c:
      return utf8Of(node.value);
    case 0x13:
    case 0x16:
      return asciiOf(node.value);
    case 0x1e:
      return bmpOf(node.value);
    default:
      return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Of(value: Buffer): string {
  try {
    return utf8.decode(value);
  } catch {
    throw new DerError('UTF8String is not UTF-8');
  }
}

/** Octets of an IA5String (also IMPLICIT) as text. */
export function asciiOf(value: Buffer): string {
  if (value.some((octet) => octet > 0x7f)) throw new DerError('string is not ASCII');
  return value.toString('latin1');
}

function bmpOf(value: Buffer): string {
  if (value.length % 2) throw new DerError('BMPString of odd length');
  return Buffer.from(value).swap16().toString('utf16le');
}
