import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

import pkcs11 from 'pkcs11js';

import { failure } from '../../domain/errors.ts';
import type { HsmConfig } from './hsm.ts';
import type { Handle, LoadedModule, Pkcs11Module, TokenSession } from './pkcs11-module.ts';
import { codeOf, initialiseModule, unpadded } from './pkcs11-module.ts';

/** What a token answers to a PIN that will not get better by being tried again. */
const refusals: ReadonlySet<number | undefined> = new Set([
  pkcs11.CKR_PIN_INCORRECT,
  pkcs11.CKR_PIN_INVALID,
  pkcs11.CKR_PIN_LEN_RANGE,
  pkcs11.CKR_PIN_EXPIRED,
  pkcs11.CKR_PIN_LOCKED,
]);

/** PINs that were refused in this process, by file and its state then: a retry loop above must not lock the token. */
const refused = new Map<string, string>();

const refusal = () =>
  failure('hsm_pin_incorrect', 'The HSM refuses its PIN. Correct the PIN file: the PIN is tried once more when the file has changed.');
const unreadable = () => failure('hsm_pin_incorrect', 'The PIN file of the HSM cannot be read. Put it back: it is read again by itself.');
const lastTry = () =>
  failure('hsm_pin_incorrect', 'The HSM has one PIN try left, which is not used up by itself. Log in once by hand with the right PIN.');

/** Set by the token: one more wrong PIN locks it, or it is locked (PKCS#11 2.40, 4.4, CK_TOKEN_INFO flags). */
const beyondTrying = pkcs11.CKF_USER_PIN_FINAL_TRY | pkcs11.CKF_USER_PIN_LOCKED;

/**
 * One login for all sessions of the process (login state is a token's, not a session's). Throws `hsm_pin_incorrect`. A PIN that was refused
 * is not given again before its file has changed (a new time is enough), and none is given that could lock the token.
 */
export function login(
  { module, session }: TokenSession,
  slot: Handle,
  { path, ...config }: Pick<HsmConfig, 'tokenLabel' | 'pin' | 'pinFile'> & { path: string },
): void {
  const { pin, version } = presentPin(config);
  const attempt = JSON.stringify([path, config.tokenLabel, config.pinFile]);
  if (refused.get(attempt) === version) throw refusal();
  if (module.C_GetTokenInfo(slot).flags & beyondTrying) throw lastTry();
  try {
    module.C_Login(session, pkcs11.CKU_USER, pin);
  } catch (error) {
    if (codeOf(error) === pkcs11.CKR_USER_ALREADY_LOGGED_IN) return;
    if (!refusals.has(codeOf(error))) throw error;
    refused.set(attempt, version);
    throw refusal();
  }
}

function presentPin({ pin, pinFile }: Pick<HsmConfig, 'pin' | 'pinFile'>): { pin: string; version: string } {
  if (pinFile === undefined) return { pin, version: createHash('sha256').update(pin).digest('hex') };
  try {
    const { ino, size, mtimeNs } = statSync(pinFile, { bigint: true });
    return { pin: readFileSync(pinFile, 'utf8').trim(), version: [ino, size, mtimeNs].join('|') };
  } catch {
    throw unreadable();
  }
}

/**
 * The slot of the token with this label. A token that appears after `C_Initialize` is seen by some modules only after
 * `C_Finalize`, which is done if nobody else in the process uses the module.
 */
export function findSlot(loaded: LoadedModule, { tokenLabel }: Pick<HsmConfig, 'tokenLabel'>): Handle {
  initialiseModule(loaded.module);
  const slot = slotOf(loaded.module, tokenLabel) ?? slotAfterRestart(loaded, tokenLabel);
  if (!slot) throw failure('hsm_unavailable', `The HSM has no token "${tokenLabel}". Connect it, or correct its label and start anew.`);
  return slot;
}

function slotAfterRestart(loaded: LoadedModule, label: string): Handle | undefined {
  if (loaded.pools > 0) return undefined;
  loaded.module.C_Finalize();
  initialiseModule(loaded.module);
  return slotOf(loaded.module, label);
}

const slotOf = (module: Pkcs11Module, label: string): Handle | undefined =>
  module.C_GetSlotList(true).find((slot) => labelOf(module, slot) === label);

/** A token that was pulled can still have its slot: it has no label any more. */
function labelOf(module: Pkcs11Module, slot: Handle): string | undefined {
  try {
    return unpadded(module.C_GetTokenInfo(slot).label);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
