import type { Knex } from 'knex';

import type { CertificateProfile, DeviceProfile } from '../domain/profile.ts';
import { seedId } from './seed-id.ts';

const subject: CertificateProfile['subject'] = [
  ['C', 'IT'],
  ['O', 'Regione Aurelia'],
  ['SN', '{familyName}'],
  ['GN', '{givenName}'],
  // Natural person, tax reference, country (ETSI EN 319 412-1 5.1.3)
  ['serialNumber', 'TINIT-{taxCode}'],
  ['CN', '{givenName} {familyName}'],
];

/** Policy ids below the enterprise number for examples (RFC 5612). */
const policy = (n: number): string => `1.3.6.1.4.1.32473.1.${n}`;

const common = { subject, keySpec: 'P-256', validityDays: 3 * 365, ca: 'main' } as const;

const certificateProfiles: CertificateProfile[] = [
  {
    ...common,
    code: 'authentication',
    name: 'Authentication',
    subjectAltNames: { email: '{email}', upn: '{taxCode}@aurelia.example' },
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['clientAuth', 'smartcardLogon'],
    policies: [policy(1)],
  },
  {
    ...common,
    code: 'signature',
    name: 'Signature',
    subjectAltNames: { email: '{email}' },
    // Nothing but nonRepudiation: type A of ETSI EN 319 412-2 4.3.2
    keyUsage: ['nonRepudiation'],
    extendedKeyUsage: ['emailProtection', 'documentSigning'],
    policies: [policy(2)],
  },
];

interface SeedDeviceProfile {
  code: string;
  en: string;
  it: string;
  approval: DeviceProfile['approval'];
}

const deviceProfiles: SeedDeviceProfile[] = [
  {
    code: 'staff-card',
    en: 'Staff card',
    it: 'Tessera del personale',
    approval: { steps: [{ name: 'Approval', quorum: 1 }], expireAfterHours: 72 },
  },
  {
    code: 'qualified-card',
    en: 'Qualified signature card',
    it: 'Carta per firma qualificata',
    approval: {
      steps: [
        { name: 'Identity check', quorum: 1 },
        { name: 'Release', quorum: 2 },
      ],
      expireAfterHours: 72,
    },
  },
];

const definitionOf = (approval: DeviceProfile['approval']): DeviceProfile => ({
  model: 'desk',
  slots: [
    { name: 'authentication', certificateProfile: 'authentication' },
    { name: 'signature', certificateProfile: 'signature' },
  ],
  files: [{ name: 'holder', template: 'givenName={givenName}\nfamilyName={familyName}\ntaxCode={taxCode}\nemail={email}\n' }],
  pin: { length: 6 },
  approval,
  activationDays: 30,
});

/** What certificates and cards of the demonstration are made of. */
export async function seedProfiles(trx: Knex.Transaction): Promise<void> {
  for (const profile of certificateProfiles) {
    await trx.raw('insert into certificate_profiles (code, definition) values (?, ?) on conflict do nothing', [
      profile.code,
      JSON.stringify(profile),
    ]);
  }
  for (const { code, en, it, approval } of deviceProfiles) {
    await trx.raw(
      'insert into device_profiles (id, code, revision, name_en, name_it, definition) values (?, ?, 1, ?, ?, ?) on conflict do nothing',
      [seedId(`device profile ${code}`), code, en, it, JSON.stringify(definitionOf(approval))],
    );
  }
}
