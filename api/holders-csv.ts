import { pipeline, Readable } from 'node:stream';

import { stringify } from 'csv-stringify';
import type { Knex } from 'knex';

import { listHolders, type HolderFilter } from '../db/reads/holders.ts';
import type { Actor } from '../domain/actor.ts';
import { fieldsOf, type FieldSet } from '../domain/field-definition.ts';

interface Export {
  db: Knex;
  actor: Actor;
  set: FieldSet;
  filter: HolderFilter;
  /** Asked before each page: who loses the right gets no more rows. */
  reauthorize: () => Promise<unknown>;
}

type Holder = Awaited<ReturnType<typeof listHolders>>['items'][number];

/** Rows as they are read, a page at a time: a million need no more memory than a few hundred. A cell that a spreadsheet would take for a formula is escaped. */
export function holdersAsCsv(input: Export): Readable {
  const fields = fieldsOf(input.set, 'holder').filter((f) => f.visible.csv);
  const columns = [...Object.keys(cells), ...fields.map((f) => f.code)];
  const csv = stringify({ header: true, columns, bom: true, escape_formulas: true, record_delimiter: 'windows' });
  const rowOf = (holder: Holder) => [...Object.values(cells).map((cell) => cell(holder)), ...fields.map((f) => holder.extra[f.code])];
  // A failure after the first row can only cut the answer short: whoever reads it sees that it did not end.
  return pipeline(Readable.from(rows(input, rowOf)), csv, () => undefined);
}

const cells: Record<string, (holder: Holder) => string> = {
  givenName: (h) => h.givenName,
  familyName: (h) => h.familyName,
  birthDate: (h) => h.birthDate,
  birthPlace: (h) => h.birthPlace,
  taxCode: (h) => h.taxCode,
  email: (h) => h.email,
  documentKind: (h) => h.document.kind,
  documentNumber: (h) => h.document.number,
  documentIssuer: (h) => h.document.issuer,
  documentExpiresOn: (h) => h.document.expiresOn,
  unit: (h) => h.unit.name,
  registeredBy: (h) => h.registeredBy.name,
  createdAt: (h) => h.createdAt ?? '',
};

async function* rows({ db, actor, filter, reauthorize }: Export, rowOf: (holder: Holder) => unknown[]) {
  let cursor: string | undefined;
  do {
    const page = await listHolders(db, actor, { ...filter, limit: 200, cursor });
    yield* page.items.map(rowOf);
    cursor = page.next ?? undefined;
    if (cursor !== undefined) await reauthorize();
  } while (cursor !== undefined);
}
