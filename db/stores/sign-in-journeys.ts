import type { Knex } from 'knex';

interface Journey {
  sourceId: string;
  /** What the answer of the other site must match. */
  expected: Record<string, string>;
  /** The page that was wanted. */
  next: string;
}

const minutes = 10;

/** Browsers that are on their way to another site and back, to sign in there. */
export const signInJourneyStore = (knex: Knex) => ({
  /** Forgets also those that never came back. */
  async begin({ stateHash, expected, ...journey }: Journey & { stateHash: Buffer }): Promise<void> {
    await knex('sign_in_journeys').where('expiresAt', '<', knex.fn.now()).delete();
    const expiresAt = knex.raw('now() + make_interval(mins => ?)', [minutes]);
    await knex('sign_in_journeys').insert({ ...journey, stateHash, expected: JSON.stringify(expected), expiresAt });
  },

  /** Keeps what the other site sent by a form; the first answer counts. */
  async keepAnswer({ stateHash, sourceId, answer }: { stateHash: Buffer; sourceId: string; answer: string }): Promise<void> {
    await knex('sign_in_journeys').where({ stateHash, sourceId }).whereNull('answer').update({ answer });
  },

  /** The journey that this state began; an answer counts once. */
  async end(stateHash: Buffer): Promise<(Journey & { answer: string | null }) | undefined> {
    const [journey] = await knex('sign_in_journeys')
      .where({ stateHash })
      .where('expiresAt', '>', knex.fn.now())
      .delete()
      .returning<(Journey & { answer: string | null })[]>(['source_id', 'expected', 'next', 'answer']);
    return journey;
  },
});
