import pkcs11 from 'pkcs11js';

import { Fields, readDer } from '../../pki/der-reader.ts';
import { idOf, publicKeyOf } from '../hsm/pkcs11-keys.ts';
import type { Handle, TokenSession } from '../hsm/pkcs11-module.ts';
import { destroyObjects, findObjects } from '../hsm/pkcs11-objects.ts';
import type { CardContent } from './card.ts';

/** Replaces the certificate object of a slot. Its CKA_ID is that of the key, which is how other software pairs them. */
export function putCertificate(token: TokenSession, slot: string, der: Buffer): void {
  const { serial, issuer, subject } = namesOf(der);
  replace(token, { class: pkcs11.CKO_CERTIFICATE, label: slot }, [
    { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
    { type: pkcs11.CKA_ID, value: idOf(slot) },
    { type: pkcs11.CKA_SUBJECT, value: subject },
    { type: pkcs11.CKA_ISSUER, value: issuer },
    { type: pkcs11.CKA_SERIAL_NUMBER, value: serial },
    { type: pkcs11.CKA_VALUE, value: der },
  ]);
}

/** Replaces a data object that anybody may read. */
export function putFile(token: TokenSession, name: string, content: Buffer): void {
  replace(token, { class: pkcs11.CKO_DATA, label: name }, [
    { type: pkcs11.CKA_APPLICATION, value: 'smartCMS' },
    { type: pkcs11.CKA_VALUE, value: content },
  ]);
}

/** Old one out, new one in: a kill between the two leaves none, and the repeated call writes it. */
function replace(
  token: TokenSession,
  what: { class: number; label: string },
  attributes: { type: number; value: Buffer | string | number }[],
): void {
  destroyObjects(token, what);
  token.module.C_CreateObject(token.session, [
    { type: pkcs11.CKA_CLASS, value: what.class },
    { type: pkcs11.CKA_LABEL, value: what.label },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: false },
    ...attributes,
  ]);
}

/** Serial number, issuer and subject, DER, of a certificate (RFC 5280 4.1). */
function namesOf(der: Buffer): { serial: Buffer; issuer: Buffer; subject: Buffer } {
  const tbs = new Fields(new Fields(readDer(der)).next(0x30));
  tbs.optional(0xa0);
  const serial = tbs.next(0x02).raw;
  tbs.next(0x30); // signature algorithm
  const issuer = tbs.next(0x30).raw;
  tbs.next(0x30); // validity
  return { serial, issuer, subject: tbs.next(0x30).raw };
}

/** Everything on the card that needs no PIN to be seen. */
export function contentOf(token: TokenSession): Pick<CardContent, 'slots' | 'files'> {
  const certificates = valuesOf(token, pkcs11.CKO_CERTIFICATE);
  const keys = findObjects(token, { class: pkcs11.CKO_PUBLIC_KEY }).map(
    (handle) => [labelOf(token, handle), publicKeyOf(token, handle).spki] as const,
  );
  const slots = keys.map(([slot, spki]) => [slot, { spki, certificate: certificates[slot] }] as const);
  return { slots: Object.fromEntries(slots), files: valuesOf(token, pkcs11.CKO_DATA) };
}

const valuesOf = (token: TokenSession, objectClass: number): Record<string, Buffer> =>
  Object.fromEntries(
    findObjects(token, { class: objectClass }).map((handle) => [labelOf(token, handle), attribute(token, handle, pkcs11.CKA_VALUE)]),
  );

const labelOf = (token: TokenSession, handle: Handle): string => attribute(token, handle, pkcs11.CKA_LABEL).toString('utf8');

const attribute = ({ module, session }: TokenSession, handle: Handle, type: number): Buffer =>
  module.C_GetAttributeValue(session, handle, [{ type }])[0]?.value ?? Buffer.alloc(0);
