import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import { CertificationAuthority } from '../models/certification-authority.ts';
import { transaction } from '../transaction.ts';
import { found } from './rows.ts';

export type NewCertificationAuthority = Pick<CertificationAuthority, 'code' | 'name' | 'kind' | 'keyLabel' | 'certificate'> & {
  by: ActorRef;
};

/** The CAs whose keys are in our HSM. */
export const caStore = (knex: Knex) => ({
  /** Makes the CA known; of several the first wins and is returned, with its certificate. */
  register: ({ by, ...ca }: NewCertificationAuthority): Promise<CertificationAuthority> =>
    transaction(knex, by, async (trx) => {
      await trx('cas').insert(ca).onConflict('code').ignore();
      return found(await CertificationAuthority.query(trx).findById(ca.code), 'CA');
    }),

  get: (code: string): Promise<CertificationAuthority | undefined> => CertificationAuthority.query(knex).findById(code).execute(),

  list: (): Promise<CertificationAuthority[]> => CertificationAuthority.query(knex).orderBy('code').execute(),
});
