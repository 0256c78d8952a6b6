import knexModule from 'knex';
import type { Knex } from 'knex';
import { knexSnakeCaseMappers } from 'objection';
import pg from 'pg';

export interface DatabaseOptions {
  poolMax?: number;
  /** A statement that runs longer is ended by the server. */
  statementTimeoutMs?: number;
}

/** Shorter than the patience of a person, who then reads what is the matter. */
const acquireTimeoutMs = 8_000;
const connectTimeoutMs = 5_000;

/** A pool of connections. Columns are camelCase, `date` is 'YYYY-MM-DD', bigint a number (a bigint beyond 2^53). `destroy()` closes it. */
export function openDatabase(url: string, { poolMax = 10, statementTimeoutMs = 30_000 }: DatabaseOptions = {}): Knex {
  return knexModule.knex({
    client: 'pg',
    connection: {
      ...{ connectionString: url, types, application_name: 'smartcms', keepAlive: true },
      ...{ statement_timeout: statementTimeoutMs, connectionTimeoutMillis: connectTimeoutMs },
    },
    pool: { min: 0, max: poolMax },
    acquireConnectionTimeout: acquireTimeoutMs,
    ...knexSnakeCaseMappers(),
  });
}

const integer = (text: string): number | bigint => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text));

const asText = (text: string): string => text;

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, integer],
  [pg.types.builtins.DATE, asText], // a date has no time zone, so it must not become a Date
]);

const types: Knex.PgCustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format as 'text'),
};
