import pkcs11 from 'pkcs11js';

import { failure } from '../../domain/errors.ts';
import type { KeySpec, Signer } from '../../domain/signer.ts';
import { buildCsr } from '../../pki/csr.ts';
import type { KeyPair } from '../hsm/pkcs11-keys.ts';
import { findKeyPair, generateKeyPair, signWith } from '../hsm/pkcs11-keys.ts';
import type { TokenSession } from '../hsm/pkcs11-module.ts';
import { codeOf } from '../hsm/pkcs11-module.ts';
import { destroyObjects } from '../hsm/pkcs11-objects.ts';
import type { CardSession } from './card.ts';
import { contentOf, putCertificate, putFile } from './card-objects.ts';
import type { Chip } from './card-secrets.ts';
import { cardSecrets } from './card-secrets.ts';

/** Runs one call: when no other runs, and only while the card is still in. */
export type Exclusive = <T>(call: () => Promise<T>) => Promise<T>;

/** A card whose chip is a PKCS#11 token that can do everything by itself (the `pkcs11-native` family). */
export function pkcs11Card(chip: Chip, exclusive: Exclusive): CardSession {
  const { serial } = chip;
  const calls = { ...cardSecrets(chip), ...cardKeys(chip), ...cardContent(chip) };
  return {
    serial,
    ...mapValues(
      calls,
      (call) =>
        (...args) =>
          exclusive(() => call(...args).catch(explain)),
    ),
  };
}

type Calls = Omit<CardSession, 'serial'>;
type AnyCall = (...args: never[]) => Promise<unknown>;

/** The same calls, each inside `wrap`, with their types. */
const mapValues = (calls: Calls, wrap: (call: AnyCall) => AnyCall): Calls =>
  Object.fromEntries(
    Object.entries(calls as unknown as Record<string, AnyCall>).map(([name, call]) => [name, wrap(call)]),
  ) as unknown as Calls;

const cardKeys = ({ serial, token }: Chip) =>
  ({
    async generateKey(slot, spec, pin) {
      const session = token.verified('pin', pin);
      const made = findKeyPair(session, slot) ?? (await newKeyPair(session, slot, spec));
      if (made.spec !== spec)
        throw failure('card_fault', `The slot holds a ${made.spec} key, not ${spec}. Erase the card and start again.`);
      return made.spki;
    },
    async certificateRequest(slot, pin) {
      const session = token.verified('pin', pin);
      return buildCsr(signerOf(session, requireKeyPair(session, slot)), [
        ['serialNumber', serial],
        ['CN', slot],
      ]);
    },
    async sign(slot, data, pin) {
      const session = token.verified('pin', pin);
      return signWith(session, requireKeyPair(session, slot), data);
    },
  }) satisfies Partial<CardSession>;

const cardContent = ({ serial, token }: Chip) =>
  ({
    async writeCertificate(slot, certificate, pin) {
      putCertificate(token.verified('pin', pin), slot, certificate);
    },
    async writeFile(name, content, pin) {
      putFile(token.verified('pin', pin), name, content);
    },
    async read() {
      if (!token.complete()) throw failure('card_fault', 'The card is not initialised. Initialise it first.');
      return { serial, label: token.label(), ...contentOf(token.public()) };
    },
  }) satisfies Partial<CardSession>;

async function newKeyPair(session: TokenSession, slot: string, spec: KeySpec): Promise<KeyPair> {
  // Half a pair is what a kill in the middle of a generation leaves.
  destroyObjects(session, { class: pkcs11.CKO_PUBLIC_KEY, label: slot });
  destroyObjects(session, { class: pkcs11.CKO_PRIVATE_KEY, label: slot });
  await generateKeyPair(session, slot, spec);
  return requireKeyPair(session, slot);
}

function requireKeyPair(session: TokenSession, slot: string): KeyPair {
  const pair = findKeyPair(session, slot);
  if (!pair) throw failure('card_fault', `The card has no key in slot "${slot}". Generate it first.`);
  return pair;
}

const signerOf = (session: TokenSession, pair: KeyPair): Signer => ({
  spec: pair.spec,
  spki: pair.spki,
  sign: (data) => signWith(session, pair, data),
});

const gone: ReadonlySet<number | undefined> = new Set([
  pkcs11.CKR_TOKEN_NOT_PRESENT,
  pkcs11.CKR_DEVICE_REMOVED,
  pkcs11.CKR_SESSION_HANDLE_INVALID,
  pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
]);

/** What the token answered, as an expected failure. Its name (CKR_...) tells the help desk more than any text. */
function explain(error: unknown): never {
  const code = codeOf(error);
  if (code === undefined) throw error;
  if (gone.has(code)) throw failure('card_absent', 'The card was pulled. Insert it again.');
  if (code === pkcs11.CKR_PIN_LEN_RANGE) throw failure('pin_policy', 'The card does not take a PIN or PUK of this length.');
  throw failure('card_fault', `The card answered ${(error as Error).message}. Insert it again; if it happens twice, take another card.`);
}
