import pkcs11 from 'pkcs11js';

import type { Handle, TokenSession } from './pkcs11-module.ts';

/** Handles of the objects of a class (with a label). Costs time in proportion to the objects on the token: keep what it returns. */
export function findObjects({ module, session }: TokenSession, what: { class: number; label?: string }): Handle[] {
  const labels = what.label === undefined ? [] : [{ type: pkcs11.CKA_LABEL, value: what.label }];
  module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: what.class }, ...labels]);
  try {
    const found: Handle[] = [];
    for (let batch = module.C_FindObjects(session, 64); batch.length > 0; batch = module.C_FindObjects(session, 64)) found.push(...batch);
    return found;
  } finally {
    module.C_FindObjectsFinal(session);
  }
}

/** Removes every object of a class with this label. */
export function destroyObjects(token: TokenSession, what: { class: number; label: string }): void {
  for (const object of findObjects(token, what)) token.module.C_DestroyObject(token.session, object);
}
