import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import type { HolderData } from '../../domain/holder.ts';
import type { CertificateProfile, DeviceProfile } from '../../domain/profile.ts';
import { transaction } from '../../db/transaction.ts';

/** A small organisation in a test database: one office, officers, a device profile, a station. */
export interface Organisation {
  rootId: string;
  officeId: string;
  /** The registrar and officers who may decide. */
  registrar: ActorRef;
  officers: ActorRef[];
  profileId: string;
  stationId: string;
}

const certificateProfile: CertificateProfile = {
  code: 'authentication',
  name: 'Authentication',
  subject: [['CN', '{givenName} {familyName}']],
  subjectAltNames: { email: '{email}' },
  keySpec: 'P-256',
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: ['clientAuth'],
  policies: [],
  validityDays: 365,
  ca: 'main',
};

/** The profile that `makeOrganisation` uses: two approval steps, two slots. */
export const deviceProfile: DeviceProfile = {
  model: 'desk',
  slots: [
    { name: 'authentication', certificateProfile: 'authentication' },
    { name: 'signature', certificateProfile: 'authentication' },
  ],
  files: [],
  pin: { length: 6 },
  approval: {
    steps: [
      { name: 'First', quorum: 1 },
      { name: 'Second', quorum: 2 },
    ],
    expireAfterHours: 72,
  },
  activationDays: 30,
};

/** Personal data of an invented person; every number is another person. */
export const person = (n: number): HolderData => ({
  givenName: 'Anna',
  familyName: `Rossi ${n}`,
  birthDate: '1985-12-10',
  birthPlace: 'Portalba',
  taxCode: `RSSMRA85T10A${String(n).padStart(3, '0')}S`,
  email: `anna${n}@example.it`,
  document: { kind: 'identity_card', number: `CA${n}`, issuer: 'Comune di Portalba', expiresOn: '2099-01-01' },
  extra: {},
});

/** Fills an empty database. */
export async function makeOrganisation(knex: Knex): Promise<Organisation> {
  const [rootId, officeId, profileId, stationId] = [uuid(), uuid(), uuid(), uuid()];
  const people = Array.from({ length: 5 }, () => ({ kind: 'operator' as const, id: uuid() }));
  await transaction(knex, system, async (trx) => {
    const path = rootId.replaceAll('-', '');
    await trx('units').insert({ id: rootId, kind: 'organization', code: 'ROOT', name: 'Root', path });
    await trx('units').insert({
      id: officeId,
      parentId: rootId,
      kind: 'office',
      code: 'OFF',
      name: 'Office',
      path: `${path}.${officeId.replaceAll('-', '')}`,
    });
    await trx('operators').insert(
      people.map(({ id }, n) => ({ id, givenName: 'Officer', familyName: String(n), email: `officer${n}@example.it` })),
    );
    await trx('roles').insert({ code: 'OFFICER', nameEn: 'Officer', nameIt: 'Operatore', permissions: ['request.decide'] });
    await trx('assignments').insert(
      people.map(({ id }) => ({ id: uuid(), operatorId: id, role: 'OFFICER', unitId: officeId, visibility: 'office' })),
    );
    await trx('certificate_profiles').insert({ code: 'authentication', definition: JSON.stringify(certificateProfile) });
    await trx('device_profiles').insert({
      id: profileId,
      code: 'card',
      revision: 1,
      nameEn: 'Card',
      nameIt: 'Carta',
      definition: JSON.stringify(deviceProfile),
    });
    await trx('stations').insert({ id: stationId, code: 'desk', name: 'Desk', unitId: officeId, kind: 'virtual' });
  });
  const [registrar, ...officers] = people as [ActorRef, ...ActorRef[]];
  return { rootId, officeId, registrar, officers, profileId, stationId };
}
