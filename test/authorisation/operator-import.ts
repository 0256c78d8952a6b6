import { guarded } from './probes.ts';
import { places } from './world.ts';

/** The call passes; of a row, what is said is what the same by hand would get. Tried only: nobody comes of it. */
export const rowsInUnits = guarded(async ({ api, units }) => {
  const rows = await api.database
    .operations('units')
    .whereIn('id', Object.values(units))
    .select<{ id: string; code: string }[]>('id', 'code');
  const codes = new Map(rows.map(({ id, code }) => [id, code]));
  return places.map((place) => {
    const unit = codes.get(units[place]);
    const values = {
      ...{ email: 'matrix@example.it', givenName: 'Anna', familyName: 'Rossi' },
      ...{ role: 'BO', unit, visibility: 'own' },
    };
    return {
      label: `a row for the unit ${place}`,
      body: { dryRun: true, rows: [{ line: 2, values }] },
      expect: () => 'passes',
      content: (body, caller) => {
        const { outcome } = (body as { rows: { outcome: string }[] }).rows[0] ?? {};
        const wanted = caller.works({ place }) ? 'created' : 'refused';
        return outcome === wanted ? undefined : `${outcome} instead of ${wanted}`;
      },
    };
  });
});
