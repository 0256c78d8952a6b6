import { afterAll, beforeAll, expect, test } from 'vitest';

import { permissions, type Permission } from '../../domain/permissions.ts';
import { cases } from '../authorisation/cases.ts';
import { ask, everyOperation } from '../authorisation/walk.ts';
import { buildWorld, type World } from '../authorisation/world.ts';

/** A session that was left open gives nobody rights, keys, people or sign-ins, and revokes nothing: who sits there proves first who they are. */
let world: World;
beforeAll(async () => {
  world = await buildWorld();
  const db = world.api.database.operations;
  await db('roles').insert({ code: 'ALL', nameEn: 'All', nameIt: 'Tutto', permissions: [...permissions], shipped: false });
  await db('assignments').where({ operatorId: world.me.id }).update({ role: 'ALL', visibility: 'all' });
  await db('separation_rules').update({ active: false });
  await db('sessions').update({ authenticatedAt: new Date(Date.now() - 3_600_000) });
});
afterAll(() => world.api.close());

const dangerous: Permission[] = [
  ...(['operator.manage', 'role.manage', 'unit.manage', 'signin.manage', 'session.manage'] as const),
  ...(['api_key.manage', 'key.rotate', 'device.revoke'] as const),
];
/** Takes away, or tries out. */
const harmless = ['revokeApiKey', 'trySignInSource'];

test('whatever changes rights, units, people, keys or sign-in, or revokes, asks an old session who is there', async () => {
  const asked = everyOperation.filter(
    ([name, o]) => o.method !== 'get' && dangerous.includes(o.permission as Permission) && !harmless.includes(name),
  );
  expect(asked.length).toBeGreaterThan(20);
  for (const [name, o] of asked) {
    const about = cases.get(name)?.about;
    const [probe] = about?.kind === 'guarded' ? await about.probes(world) : [];
    const { code } = await ask(world, o, { ...probe, headers: { Cookie: world.me.session } });
    expect({ name, code }).toEqual({ name, code: 'step_up_needed' });
  }
});
