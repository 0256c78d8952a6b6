import type { Knex } from 'knex';

import type { ActorRef } from '../../domain/actor.ts';
import type { LogEntry, LogLevel, LogModule } from '../../domain/logging.ts';
import { transaction } from '../transaction.ts';

/** Levels that somebody has set, and the lines that were logged to the database. */
export const loggingStore = (knex: Knex) => ({
  /** The level of a module; null: that of the process. */
  setLevel: ({ by, module, level }: { by: ActorRef; module: LogModule; level: LogLevel | null }): Promise<void> =>
    transaction(knex, by, async (trx) => {
      if (level === null) await trx('log_levels').where({ module }).delete();
      else await trx('log_levels').insert({ module, level }).onConflict('module').merge();
    }),

  /** Sent again after an answer was lost, a line is there once. */
  addEntries: async (entries: LogEntry[]): Promise<void> => {
    await knex('log_entries').insert(entries).onConflict('id').ignore();
  },

  purgeEntries: ({ olderThanDays }: { olderThanDays: number }): Promise<number> =>
    knex('log_entries').whereRaw('at < now() - make_interval(days => ?)', [olderThanDays]).delete(),
});
