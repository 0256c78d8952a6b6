import type { Knex } from 'knex';

import { seedId } from './seed-id.ts';

interface SeedUnit {
  code: string;
  kind: 'organization' | 'division' | 'office';
  name: string;
  parent?: string;
}

/** The demonstration organisation, parents first. */
const units: SeedUnit[] = [
  { code: 'AUR', kind: 'organization', name: 'Regione Aurelia' },
  { code: 'ASN', kind: 'division', name: 'Azienda Sanitaria Nord', parent: 'AUR' },
  { code: 'POR', kind: 'division', name: 'Comune di Portalba', parent: 'AUR' },
  { code: 'OSL', kind: 'office', name: 'Ospedale Santa Lucia', parent: 'ASN' },
  { code: 'COL', kind: 'office', name: 'Distretto Collina', parent: 'ASN' },
  { code: 'PNV', kind: 'office', name: 'Sportello Porta Nuova', parent: 'POR' },
  { code: 'ANC', kind: 'office', name: 'Anagrafe Centro', parent: 'POR' },
];

/** The offices of the demonstration, in which people are registered. */
export const offices = units.filter((unit) => unit.kind === 'office');

export const unitId = (code: string): string => seedId(`unit ${code}`);

/** ltree path of a unit: the ids without dashes, root first. */
export function unitPath(code: string): string {
  const parent = units.find((unit) => unit.code === code)?.parent;
  const label = unitId(code).replaceAll('-', '');
  return parent ? `${unitPath(parent)}.${label}` : label;
}

export async function seedUnits(trx: Knex.Transaction): Promise<void> {
  for (const { code, kind, name, parent } of units) {
    await trx.raw('insert into units (id, parent_id, kind, code, name, path) values (?, ?, ?, ?, ?, ?) on conflict do nothing', [
      unitId(code),
      parent ? unitId(parent) : null,
      kind,
      code,
      name,
      unitPath(code),
    ]);
  }
}
