import { hash } from '@node-rs/argon2';
import type { Knex } from 'knex';

import type { Visibility } from '../domain/actor.ts';
import type { RoleCode } from '../domain/permissions.ts';
import { seedId } from './seed-id.ts';
import { offices, unitId } from './seed-units.ts';

/** Public on purpose: everybody of the demonstration signs in with it. It is seeded in the profiles demo and test only. */
export const demoPassword = 'smartcms-demo';
/** What holders of the demonstration choose when they activate their card: under the rules for passwords, as everybody. */
export const activationPassword = 'four goats on a tram';

interface SeedOperator {
  login: string;
  givenName: string;
  familyName: string;
  role: RoleCode;
  units: string[];
  visibility: Visibility;
}

/** Three delegated officers reach each office, as a qualified card needs three; the second registrar serves all offices. */
const operators: SeedOperator[] = [
  { login: 'ro', givenName: 'Giulia', familyName: 'Ferrari', role: 'RO', units: ['OSL'], visibility: 'own' },
  { login: 'ro2', givenName: 'Marco', familyName: 'Bellini', role: 'RO', units: offices.map((office) => office.code), visibility: 'own' },
  { login: 'do', givenName: 'Paolo', familyName: 'Conti', role: 'DO', units: ['OSL'], visibility: 'office' },
  { login: 'do2', givenName: 'Elena', familyName: 'Marchetti', role: 'DO', units: ['ASN'], visibility: 'subtree' },
  { login: 'do3', givenName: 'Chiara', familyName: 'Lombardi', role: 'DO', units: ['AUR'], visibility: 'subtree' },
  { login: 'do4', givenName: 'Andrea', familyName: 'Rinaldi', role: 'DO', units: ['AUR'], visibility: 'subtree' },
  { login: 'do5', givenName: 'Silvia', familyName: 'Parisi', role: 'DO', units: ['POR'], visibility: 'subtree' },
  { login: 'bo', givenName: 'Luca', familyName: 'Gatti', role: 'BO', units: ['AUR'], visibility: 'subtree' },
  { login: 'sa', givenName: 'Roberta', familyName: 'Fiore', role: 'SA', units: ['AUR'], visibility: 'all' },
  { login: 'hd', givenName: 'Davide', familyName: 'Mancini', role: 'HD', units: ['AUR'], visibility: 'all' },
  { login: 'ao', givenName: 'Francesca', familyName: 'Riva', role: 'AO', units: ['AUR'], visibility: 'all' },
];

/** The holder of the demonstration: the first card that is made is hers. */
export const demoHolder = {
  givenName: 'Anna',
  familyName: 'Valeri',
  birthDate: '1985-04-12',
  birthPlace: 'Roma',
  taxCode: 'VLRNNA85D52H501T',
  email: 'th@aurelia.example',
  document: { kind: 'identity_card', number: 'CA20417EK', issuer: 'Comune di Portalba', expiresOn: '2033-04-12' },
  extra: {},
} as const;

const emailOf = (login: string): string => `${login}@aurelia.example`;

/** Operators with their assignments and accounts, and the holder with hers. */
export async function seedOperators(trx: Knex.Transaction): Promise<void> {
  for (const operator of operators) await seedOperator(trx, operator);
  await seedHolder(trx);
  const accounts = [
    ...operators.map(({ login }) => ({ login: emailOf(login), operator: seedId(`operator ${login}`), holder: null })),
    { login: demoHolder.email, operator: null, holder: seedId('holder th') },
  ];
  for (const account of accounts) await seedAccount(trx, account);
}

async function seedOperator(trx: Knex.Transaction, { login, givenName, familyName, role, units, visibility }: SeedOperator): Promise<void> {
  const id = seedId(`operator ${login}`);
  await trx.raw('insert into operators (id, given_name, family_name, email) values (?, ?, ?, ?) on conflict do nothing', [
    id,
    givenName,
    familyName,
    emailOf(login),
  ]);
  for (const unit of units) {
    await trx.raw('insert into assignments (id, operator_id, role, unit_id, visibility) values (?, ?, ?, ?, ?) on conflict do nothing', [
      seedId(`assignment ${login} ${unit}`),
      id,
      role,
      unitId(unit),
      visibility,
    ]);
  }
}

async function seedHolder(trx: Knex.Transaction): Promise<void> {
  const { givenName, familyName, birthDate, birthPlace, taxCode, email, document } = demoHolder;
  await trx.raw(
    `insert into holders (id, unit_id, given_name, family_name, birth_date, birth_place, tax_code, email, document, registered_by)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [
      seedId('holder th'),
      unitId('OSL'),
      givenName,
      familyName,
      birthDate,
      birthPlace,
      taxCode,
      email,
      JSON.stringify(document),
      seedId('operator ro'),
    ],
  );
}

interface SeedAccount {
  login: string;
  operator: string | null;
  holder: string | null;
}

/** Hashing costs a tenth of a second on purpose, so it is done for new accounts only. */
async function seedAccount(trx: Knex.Transaction, { login, operator, holder }: SeedAccount): Promise<void> {
  const { rows } = await trx.raw<{ rows: unknown[] }>('select id from accounts where login = ?', [login]);
  if (rows.length > 0) return;
  await trx.raw('insert into accounts (id, login, password_hash, operator_id, holder_id) values (?, ?, ?, ?, ?) on conflict do nothing', [
    seedId(`account ${login}`),
    login,
    await hash(demoPassword),
    operator,
    holder,
  ]);
}
