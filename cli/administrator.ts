import { v7 as uuid } from 'uuid';

import { hashPassword } from '../api/auth/password.ts';
import { readEnvironment } from '../connectors/environment/environment.ts';
import { openDatabase } from '../db/database.ts';
import { createAdministrator } from '../db/stores/administrators.ts';
import type { Environment } from '../domain/configuration/read.ts';

export interface Administrator {
  email: string;
  givenName: string;
  familyName: string;
  password: string;
  /** The organisation, where there is none yet. */
  unit: { code: string; name: string };
}

/** Makes an administrator in the database that the environment names. */
export async function makeAdministrator(env: Environment, { password, ...person }: Administrator): Promise<void> {
  const knex = openDatabase(readEnvironment('administrator', env).DATABASE_URL, { poolMax: 1 });
  try {
    const ids = { unitId: uuid(), operatorId: uuid(), assignmentId: uuid(), accountId: uuid() };
    await createAdministrator(knex, { ...ids, ...person, passwordHash: await hashPassword(password) });
  } finally {
    await knex.destroy();
  }
}
