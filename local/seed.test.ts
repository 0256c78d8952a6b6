import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { CertificateProfile, DeviceProfile } from '../domain/profile.ts';
import { HolderData } from '../domain/holder.ts';
import { luhnValid } from '../domain/luhn.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { passwordProblem } from '../domain/password.ts';
import { activationPassword, demoHolder, demoPassword } from './seed-operators.ts';
import { seed } from './seed.ts';

let db: TestDatabase;
beforeAll(async () => (db = await createTestDatabase()));
afterAll(() => db.drop());

const rows = async <T>(sql: string): Promise<T[]> => (await db.operations.raw<{ rows: T[] }>(sql)).rows;
const tables = [
  'roles',
  'units',
  'operators',
  'assignments',
  'accounts',
  'holders',
  'device_profiles',
  'certificate_profiles',
  'stations',
  'devices',
];
const counts = () =>
  Promise.all(tables.map(async (table) => [table, (await rows<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n]));

test('production starts with the shipped roles only; the demonstration adds its organisation, and a second start adds nothing', async () => {
  await seed({ knex: db.operations, profile: 'production' });
  expect(await counts()).toEqual(tables.map((table) => [table, table === 'roles' ? 7 : 0]));

  await seed({ knex: db.operations, profile: 'test' });
  const first = await counts();
  await seed({ knex: db.operations, profile: 'test' });
  expect(await counts()).toEqual(first);
  expect(Object.fromEntries(first)).toMatchObject({ units: 7, accounts: 12, stations: 4, devices: 800 });
});

test('what was seeded follows the rules of the domain', async () => {
  await seed({ knex: db.operations, profile: 'test' });
  const definitions = await rows<{ definition: unknown }>('select definition from device_profiles');
  for (const { definition } of definitions) DeviceProfile.parse(definition);
  for (const { definition } of await rows<{ definition: unknown }>('select definition from certificate_profiles'))
    CertificateProfile.parse(definition);
  for (const { serial } of await rows<{ serial: string }>('select serial from devices')) {
    expect(serial).toMatch(/^6090\d{12}$/);
    expect(luhnValid(serial)).toBe(true);
  }
  expect(HolderData.parse(demoHolder)).toEqual(demoHolder);
});

test('the paths of units lead from the root, and every office has a station with stock', async () => {
  await seed({ knex: db.operations, profile: 'test' });
  const wrong = await rows(`select u.id from units u left join units p on p.id = u.parent_id
    where u.path::text <> coalesce(p.path::text || '.', '') || replace(u.id::text, '-', '')`);
  expect(wrong).toEqual([]);
  const stock = await rows<{ n: number }>(
    'select count(*) as n from devices d join stations s on s.id = d.station_id and s.unit_id = d.unit_id group by s.id',
  );
  expect(stock.map(({ n }) => n)).toEqual([200, 200, 200, 200]);
});

test('everybody signs in with the public password, and everything is audited as done by the system', async () => {
  await seed({ knex: db.operations, profile: 'test' });
  const [account] = await rows<{ password_hash: string }>('select password_hash from accounts limit 1');
  expect(account?.password_hash).toMatch(/^\$argon2id\$/);
  expect(await verify(account?.password_hash ?? '', demoPassword)).toBe(true);
  expect(await rows('select distinct actor_kind, actor_id from audit_outbox')).toEqual([{ actor_kind: 'system', actor_id: 'smartcms' }]);
});

test('the shipped roles follow the release; a role of the organisation stays as it is', async () => {
  await seed({ knex: db.operations, profile: 'production' });
  const roles = () => rows<{ code: string; version: number }>('select * from roles order by code');
  const before = await roles();
  await db.operations('roles').insert({ code: 'OWN', nameEn: 'Own', nameIt: 'Propria', permissions: ['home.read'] });
  await db
    .operations('roles')
    .where({ code: 'SA' })
    .update({ permissions: ['home.read'] });
  await seed({ knex: db.operations, profile: 'production' });
  const after = await roles();
  const sa = (role: { code: string; version: number }) => (role.code === 'SA' ? { ...role, version: role.version + 2 } : role);
  expect(after.filter(({ code }) => code !== 'OWN')).toEqual(before.map(sa));
  await db.operations('roles').where({ code: 'OWN' }).delete();
});

test('what the holders of the demonstration choose is a password that the product takes', () => {
  expect(passwordProblem(activationPassword, ['anna.valeri@aurelia.example', 'Anna', 'Valeri'])).toBeUndefined();
});
