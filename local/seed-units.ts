import type { Knex } from 'knex';

import { seedId } from './seed-id.ts';

interface SeedUnit {
  code: string;
  kind: 'organization' | 'division' | 'office';
  name: string;
  parent?: string;
  /** Of an office: where it is, and its street. */
  category?: string;
  street?: string;
}

/** The demonstration organisation, parents first. */
const units: SeedUnit[] = [
  { code: 'AUR', kind: 'organization', name: 'Regione Aurelia' },
  { code: 'ASN', kind: 'division', name: 'Azienda Sanitaria Nord', parent: 'AUR' },
  { code: 'POR', kind: 'division', name: 'Comune di Portalba', parent: 'AUR' },
  { code: 'OSL', kind: 'office', name: 'Ospedale Santa Lucia', parent: 'ASN', category: 'urbana', street: 'Via dei Tigli 12' },
  { code: 'COL', kind: 'office', name: 'Distretto Collina', parent: 'ASN', category: 'montana', street: 'Via del Colle 3' },
  { code: 'PNV', kind: 'office', name: 'Sportello Porta Nuova', parent: 'POR', category: 'urbana', street: 'Corso Porta Nuova 40' },
  { code: 'ANC', kind: 'office', name: 'Anagrafe Centro', parent: 'POR', category: 'urbana', street: 'Piazza del Municipio 1' },
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
  for (const { code, kind, name, parent, category, street } of units) {
    const address = street && { street, postalCode: '00100', city: 'Portalba', country: 'IT' };
    const attributes = street ? [{ name: 'Orario', value: 'lun-ven 8:30-13' }] : [];
    await trx('units')
      .insert({
        ...{ id: unitId(code), parentId: parent ? unitId(parent) : null, kind, code, name, path: unitPath(code) },
        ...{ category: category ?? null, address: address ? JSON.stringify(address) : null, attributes: JSON.stringify(attributes) },
      })
      .onConflict()
      .ignore();
  }
}
