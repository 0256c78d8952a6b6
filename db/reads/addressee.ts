import type { Knex } from 'knex';

/** Where a mail to an account goes, and how it greets. */
export interface Addressee {
  name: string;
  email: string;
  organisation: string;
}

/**
 * The person of an account. Mail to a holder goes to the login, the address at which they proved to receive mail when they activated their card: the
 * one in the holder's record may have been changed by an officer since.
 */
export async function addresseeOf(knex: Knex, accountId: string): Promise<Addressee | undefined> {
  const { rows } = await knex.raw<{ rows: Addressee[] }>(
    `select coalesce(o.given_name || ' ' || o.family_name, h.given_name || ' ' || h.family_name) as name, coalesce(o.email, a.login) as email,
       coalesce(u.name, root.name) as organisation
     from accounts a left join operators o on o.id = a.operator_id left join holders h on h.id = a.holder_id left join units u on u.id = h.unit_id
       cross join lateral (select name from units where parent_id is null order by created_at limit 1) root
     where a.id = ?`,
    [accountId],
  );
  return rows[0];
}
