import type { ErrorCode } from '../domain/errors.ts';
import type { DerNode } from './der-reader.ts';
import { children, decoding, DerError, expectTag, Fields, only, readDer } from './der-reader.ts';
import { asciiOf, booleanOf, namedBitsOf, octetsOf, oidOf, smallNumberOf, textOf } from './der-values.ts';
import type { SubjectAltNames } from './extensions.ts';
import { extensionIds, UPN } from './extensions.ts';
import type { Extensions } from './parse-certificate.ts';

/** Readers of single extensions; undefined (or an empty list) if the extension is absent, `failure('invalid_input')` if it is malformed. */

const problem: { code: ErrorCode; message: string } = { code: 'invalid_input', message: 'An extension of the certificate cannot be read.' };

function read<T>(extensions: Extensions, id: string, decode: (node: DerNode) => T): T | undefined {
  const entry = extensions.get(id);
  return entry && decoding(problem, () => decode(readDer(entry.value)));
}

/** Bit numbers of KeyUsage. */
export const keyUsageOf = (extensions: Extensions): number[] => read(extensions, extensionIds.keyUsage, namedBitsOf) ?? [];

export const extendedKeyUsageOf = (extensions: Extensions): string[] =>
  read(extensions, extensionIds.extendedKeyUsage, (node) => children(expectTag(node, 0x30)).map(oidOf)) ?? [];

export const policiesOf = (extensions: Extensions): string[] =>
  read(extensions, extensionIds.certificatePolicies, (node) => children(node).map((policy) => oidOf(new Fields(policy).next()))) ?? [];

export const subjectKeyIdentifierOf = (extensions: Extensions): Buffer | undefined =>
  read(extensions, extensionIds.subjectKeyIdentifier, octetsOf);

export const authorityKeyIdentifierOf = (extensions: Extensions): Buffer | undefined =>
  read(extensions, extensionIds.authorityKeyIdentifier, (node) => new Fields(node).optional(0x80)?.value);

/** `pathLength` only if the certificate limits it. */
export function basicConstraintsOf(extensions: Extensions): { ca: boolean; pathLength?: number } | undefined {
  return read(extensions, extensionIds.basicConstraints, (node) => {
    const fields = new Fields(expectTag(node, 0x30));
    const flag = fields.optional(0x01);
    const limit = fields.optional(0x02);
    fields.end();
    const ca = flag !== undefined && booleanOf(flag);
    return limit ? { ca, pathLength: smallNumberOf(limit) } : { ca };
  });
}

/** E-mail address and UPN; `others` counts the names of every other kind, or a second one of the same. */
export function subjectAltNamesOf(extensions: Extensions): SubjectAltNames & { others: number } {
  const names: SubjectAltNames & { others: number } = { others: 0 };
  for (const node of read(extensions, extensionIds.subjectAltName, children) ?? []) {
    const upn = decoding(problem, () => upnOf(node));
    if (upn !== undefined && names.upn === undefined) names.upn = upn;
    else if (node.tag === 0x81 && names.email === undefined) names.email = decoding(problem, () => asciiOf(node.value));
    else names.others++;
  }
  return names;
}

function upnOf(node: DerNode): string | undefined {
  if (node.tag !== 0xa0) return undefined;
  const fields = new Fields(node);
  if (oidOf(fields.next()) !== UPN) return undefined;
  const text = textOf(only(fields.next(0xa0), 0x0c));
  fields.end();
  if (text === undefined) throw new DerError('the UPN is no text');
  return text;
}
