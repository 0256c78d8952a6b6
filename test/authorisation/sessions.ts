import { v7 as uuid } from 'uuid';

import { differs, guarded, type Case } from './probes.ts';
import type { Place, World } from './world.ts';

async function signedIn({ api }: World, accountId: string): Promise<string> {
  const id = uuid();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await api.database.operations('sessions').insert({ id, idHash: Buffer.from(id), accountId, expiresAt });
  return id;
}

/** Those of the people who have a task in a unit that the caller sees; nobody registered them. */
export const sessionsOfPlaces: Case = guarded(async (world) => {
  const all = Object.entries(world.people) as [Place, World['people'][Place]][];
  for (const [, { accountId }] of all) await signedIn(world, accountId);
  const mine = new Set(all.map(([, { login }]) => login));
  return [
    {
      label: 'who is signed in',
      expect: () => 'passes',
      content: (body, caller) => {
        const shown = (body as { items: { login: string }[] }).items.map(({ login }) => login).filter((login) => mine.has(login));
        const want = all.filter(([place]) => caller.sees({ id: '', unitId: '', place, mine: false }));
        return differs(
          shown,
          want.map(([, { login }]) => login),
        );
      },
    },
  ];
});

/** A session for each question: who may end it does, and it is gone. */
export const sessionInPlaces: Case = guarded(async (world) => {
  const all = Object.entries(world.people) as [Place, World['people'][Place]][];
  return Promise.all(
    all.map(async ([place, { accountId }]) => ({
      label: `somebody's ${place}`,
      params: { id: await signedIn(world, accountId) },
      expect: (caller) => (caller.sees({ id: '', unitId: '', place, mine: false }) ? ('passes' as const) : ('not_found' as const)),
    })),
  );
});
