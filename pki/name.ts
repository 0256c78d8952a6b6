import { failure } from '../domain/errors.ts';
import { ia5String, oid, printableString, sequence, sequenceOf, setOf, utf8String } from './der.ts';
import type { DerNode } from './der-reader.ts';
import { children, decoding, DerError, expectTag, Fields, readDer } from './der-reader.ts';
import { oidOf, textOf } from './der-values.ts';

/** One attribute of a distinguished name: short name (RFC 4514 or X.520) and value. */
export type NameAttribute = [type: string, value: string];

interface AttributeType {
  oid: string;
  /** Upper bound in characters (RFC 5280 appendix A.1). */
  max: number;
  encode: (value: string) => Buffer;
}

const utf8 = (id: string, max: number): AttributeType => ({ oid: id, max, encode: utf8String });

const attributeTypes: Record<string, AttributeType> = {
  CN: utf8('2.5.4.3', 64),
  SN: utf8('2.5.4.4', 32_768),
  serialNumber: { oid: '2.5.4.5', max: 64, encode: printableString },
  C: { oid: '2.5.4.6', max: 2, encode: printableString },
  L: utf8('2.5.4.7', 128),
  ST: utf8('2.5.4.8', 128),
  STREET: utf8('2.5.4.9', 128),
  O: utf8('2.5.4.10', 64),
  OU: utf8('2.5.4.11', 64),
  GN: utf8('2.5.4.42', 32_768),
  UID: utf8('0.9.2342.19200300.100.1.1', 256),
  DC: { oid: '0.9.2342.19200300.100.1.25', max: 63, encode: ia5String },
  emailAddress: { oid: '1.2.840.113549.1.9.1', max: 255, encode: ia5String },
};

const shortNames = new Map(Object.entries(attributeTypes).map(([short, { oid: id }]) => [id, short]));

/** Name, DER: one attribute in each relative distinguished name, in the order given (most general first). */
export function encodeName(attributes: readonly NameAttribute[]): Buffer {
  return sequenceOf(attributes.map(([type, value]) => setOf([sequence(oid(typeOf(type).oid), encodeValue(type, value))])));
}

function typeOf(type: string): AttributeType {
  const known = Object.hasOwn(attributeTypes, type) ? attributeTypes[type] : undefined;
  if (!known) throw failure('invalid_input', `A name cannot hold "${type}". Use one of ${Object.keys(attributeTypes).join(', ')}.`);
  return known;
}

function encodeValue(type: string, value: string): Buffer {
  const { max, encode } = typeOf(type);
  const length = [...value].length;
  if (length === 0 || length > max) throw failure('invalid_input', `${type} takes 1 to ${max} characters.`);
  // Control characters, NUL above all, end a string early in other software: what they show is then another name.
  if (/\p{Cc}/u.test(value)) throw failure('invalid_input', `${type} cannot hold control characters.`);
  if (type === 'C' && !/^[A-Z]{2}$/.test(value)) throw failure('invalid_input', 'C takes the two capital letters of ISO 3166.');
  try {
    return encode(value);
  } catch {
    throw failure('invalid_input', `${type} holds a character that certificates do not allow there.`);
  }
}

/** Refuses what is no Name (X.501): sequences of sets of a type and a value that is a string or another universal type. Throws a DerError. */
export function assertName(name: DerNode): void {
  for (const rdn of children(expectTag(name, 0x30))) {
    const attributes = children(expectTag(rdn, 0x31));
    if (attributes.length === 0) throw new DerError('an empty relative name');
    for (const attribute of attributes) {
      const fields = new Fields(expectTag(attribute, 0x30));
      oidOf(fields.next());
      const value = fields.next();
      fields.end();
      if (!valueTags.has(value.tag)) throw new DerError('a value of a name is no string');
      textOf(value);
    }
  }
}

/** The string types of X.520; BIT STRING for unique identifiers. */
const valueTags = new Set([0x03, 0x0c, 0x12, 0x13, 0x14, 0x15, 0x16, 0x1a, 0x1c, 0x1e]);

/** The attributes of a Name, DER, in the order they are encoded. Unknown types are dotted, values that are no text `#` and hex. */
export function nameAttributes(der: Buffer): NameAttribute[] {
  return relativeNames(der)
    .flat()
    .map(({ type, value }) => [type, value]);
}

/** Name, DER, in the form of RFC 4514: most specific first, `+` inside a relative name. */
export function nameToString(der: Buffer): string {
  return relativeNames(der)
    .reverse()
    .map((attributes) => attributes.map(({ type, value, text }) => `${type}=${text ? escape(value) : value}`).join('+'))
    .join(',');
}

interface DecodedAttribute {
  type: string;
  value: string;
  /** Whether `value` is text; otherwise `#` and hex. */
  text: boolean;
}

function relativeNames(der: Buffer): DecodedAttribute[][] {
  const problem = { code: 'invalid_input', message: 'The distinguished name cannot be read' } as const;
  return decoding(problem, () => children(readDer(der)).map((rdn) => children(rdn).map(attributeOf)));
}

function attributeOf(node: DerNode): DecodedAttribute {
  const fields = new Fields(node);
  const id = oidOf(fields.next());
  const value = fields.next();
  fields.end();
  const text = textOf(value);
  const short = shortNames.get(id);
  // RFC 4514 2.4: the hex form for whatever has no short name or no string form.
  if (text === undefined || !short) return { type: short ?? id, value: `#${value.raw.toString('hex')}`, text: false };
  return { type: short, value: text, text: true };
}

/** RFC 4514 2.4; control characters as hex pairs too, so that a log line stays one line. */
function escape(value: string): string {
  return value
    .replace(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<=.) $/, '\\ ')
    .replace(/\p{Cc}/gu, (c) => [...Buffer.from(c, 'utf8')].map((octet) => `\\${octet.toString(16).padStart(2, '0')}`).join(''));
}
