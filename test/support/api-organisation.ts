import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { hashPassword } from '../../api/auth/password.ts';
import type { HolderData } from '../../domain/holder.ts';
import { roleCodes, roleNames, shippedRoles, type RoleCode } from '../../domain/permissions.ts';
import type { DeviceProfile } from '../../domain/profile.ts';

export const password = 'correct horse battery';

/** A person of whom every field is valid. */
export const person = (changes: Partial<HolderData> = {}): HolderData => ({
  givenName: 'Anna',
  familyName: 'Rossi',
  birthDate: '1985-12-10',
  birthPlace: 'Siena',
  taxCode: 'RSSMRA85T10A562S',
  email: 'anna.rossi@example.it',
  document: { kind: 'identity_card', number: 'CA00000AA', issuer: 'Comune di Siena', expiresOn: '2099-01-01' },
  extra: {},
  ...changes,
});

const definition: DeviceProfile = {
  model: 'desk',
  slots: [{ name: 'authentication', certificateProfile: 'authentication' }],
  files: [],
  pin: { length: 6 },
  approval: { steps: [{ name: 'Office', quorum: 1 }], expireAfterHours: 72 },
  activationDays: 30,
};

/** Two offices of a division, a device profile, and in the first office one person of each role, signed in by `<role>@example.it`. */
export interface ApiOrganisation {
  root: string;
  office: string;
  otherOffice: string;
  profileId: string;
  operators: Record<Exclude<RoleCode, 'TH'>, string>;
  holderId: string;
}

export async function seedApiOrganisation(db: Knex): Promise<ApiOrganisation> {
  const [root, division, office, otherOffice, profileId] = [uuid(), uuid(), uuid(), uuid(), uuid()];
  await unit(db, { id: root, kind: 'organization', above: [] });
  await unit(db, { id: division, kind: 'division', above: [root] });
  for (const id of [office, otherOffice]) await unit(db, { id, kind: 'office', above: [root, division] });
  await db('roles').insert(
    roleCodes.map((code) => ({
      code,
      nameEn: roleNames[code].en,
      nameIt: roleNames[code].it,
      permissions: shippedRoles[code],
      shipped: true,
    })),
  );
  await db('device_profiles').insert({
    id: profileId,
    code: 'staff-card',
    revision: 1,
    nameEn: 'Staff card',
    nameIt: 'Tessera',
    definition,
  });
  const passwordHash = await hashPassword(password);
  const operators = {} as ApiOrganisation['operators'];
  for (const role of roleCodes.filter((r) => r !== 'TH')) {
    const everywhere = role === 'AO' || role === 'SA';
    operators[role] = await operator(db, {
      login: role,
      role,
      unitId: everywhere ? root : office,
      visibility: everywhere ? 'all' : 'office',
      passwordHash,
    });
  }
  const holderId = await holder(db, {
    unitId: office,
    registeredBy: operators.RO,
    data: person({ taxCode: 'VLRNNA85D52H501T', email: 'th@example.it' }),
  });
  await db('accounts').insert({ id: uuid(), login: 'th@example.it', passwordHash, holderId });
  return { root, office, otherOffice, profileId, operators, holderId };
}

/** One unit; `above` from the root on. */
export async function unit(db: Knex, { id, kind, above }: { id: string; kind: string; above: string[] }): Promise<void> {
  const path = [...above, id].map((u) => u.replaceAll('-', '')).join('.');
  await db('units').insert({ id, parentId: above.at(-1) ?? null, kind, code: id.slice(-6), name: `${kind} ${id.slice(-4)}`, path });
}

interface NewOperator {
  login: string;
  role: string;
  unitId: string;
  visibility: string;
  passwordHash?: string;
}

/** One more operator with an account; signs in as `<login>@example.it`. */
export async function operator(db: Knex, { login, role, unitId, visibility, passwordHash }: NewOperator): Promise<string> {
  const id = uuid();
  const email = `${login}@example.it`.toLowerCase();
  await db('operators').insert({ id, givenName: login, familyName: 'Operator', email });
  await db('assignments').insert({ id: uuid(), operatorId: id, role, unitId, visibility });
  await db('accounts').insert({ id: uuid(), login: email, passwordHash: passwordHash ?? (await hashPassword(password)), operatorId: id });
  return id;
}

export async function holder(
  db: Knex,
  { unitId, registeredBy, data }: { unitId: string; registeredBy: string; data: HolderData },
): Promise<string> {
  const id = uuid();
  await db('holders').insert({ id, unitId, ...data, document: JSON.stringify(data.document), registeredBy });
  return id;
}
