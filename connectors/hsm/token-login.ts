import { createHash } from 'node:crypto';

import pkcs11 from 'pkcs11js';

import { failure } from '../../domain/errors.ts';
import type { HsmConfig } from './hsm.ts';
import type { Handle, LoadedModule, Pkcs11Module } from './pkcs11-module.ts';
import { codeOf, initialiseModule, unpadded } from './pkcs11-module.ts';

/** What a token answers to a PIN that will not get better by being tried again. */
const refusals: ReadonlySet<number | undefined> = new Set([
  pkcs11.CKR_PIN_INCORRECT,
  pkcs11.CKR_PIN_INVALID,
  pkcs11.CKR_PIN_LEN_RANGE,
  pkcs11.CKR_PIN_EXPIRED,
  pkcs11.CKR_PIN_LOCKED,
]);

/** Digests of token and PIN that were refused in this process: a retry loop above must not lock the token. */
const refused = new Set<string>();

const refusal = () =>
  failure(
    'hsm_pin_incorrect',
    'The HSM refuses its PIN, which was tried once. Correct the PIN in the configuration and start this process again.',
  );

/** One login for all sessions of the process (login state is a token's, not a session's). Throws `hsm_pin_incorrect`; a refused PIN is not tried again. */
export function login(
  module: Pkcs11Module,
  session: Handle,
  { tokenLabel, pin, path }: { tokenLabel: string; pin: string; path: string },
): void {
  const attempt = createHash('sha256')
    .update(JSON.stringify([path, tokenLabel, pin]))
    .digest('hex');
  if (refused.has(attempt)) throw refusal();
  try {
    module.C_Login(session, pkcs11.CKU_USER, pin);
  } catch (error) {
    if (codeOf(error) === pkcs11.CKR_USER_ALREADY_LOGGED_IN) return;
    if (!refusals.has(codeOf(error))) throw error;
    refused.add(attempt);
    throw refusal();
  }
}

/**
 * The slot of the token with this label. A token that appears after `C_Initialize` is seen by some modules only after
 * `C_Finalize`, which is done if nobody else in the process uses the module.
 */
export function findSlot(loaded: LoadedModule, { tokenLabel }: Pick<HsmConfig, 'tokenLabel'>): Handle {
  initialiseModule(loaded.module);
  const slot = slotOf(loaded.module, tokenLabel) ?? slotAfterRestart(loaded, tokenLabel);
  if (!slot)
    throw failure('hsm_unavailable', `The HSM has no token "${tokenLabel}". Connect it or correct its label in the configuration.`);
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
