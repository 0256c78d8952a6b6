import type { Knex } from 'knex';

import type { Hsm } from '../connectors/hsm/hsm.ts';
import { keyMissing } from '../connectors/hsm/known-signer.ts';
import { caStore } from '../db/stores/cas.ts';

/**
 * Throws as `Hsm` does unless the token is there, takes the PIN, holds the keys of the CAs, of the audit and of the data keys, and works:
 * `work` is an operation of the kind that everything else asks of it.
 */
export async function checkHsm({ db, hsm, work }: { db: Knex; hsm: Pick<Hsm, 'signer'>; work: () => Promise<unknown> }): Promise<void> {
  const labels = (await caStore(db).list()).map(({ keyLabel }) => keyLabel);
  for (const label of [...labels, 'audit']) if (!(await hsm.signer(label))) throw keyMissing(label);
  await work();
}
