import { apiClient } from '../cli/api-client.ts';
import type { DeviceProfile, Meta, RequestDetail } from '../cli/api-types.ts';
import { assembleCrew, officersFor, type Crew, type Officer } from '../cli/issue/crew.ts';
import { register } from '../cli/issue/issue-row.ts';
import { noFields } from '../domain/field-definition.ts';
import { readPeople } from '../cli/issue/people-file.ts';
import { checkRows, type PersonRow } from '../cli/issue/person-row.ts';
import { approve, finishProduction, settle, startProduction, type Desk } from '../cli/issue/request-steps.ts';
import { peopleCsv } from './people.ts';

/** A request on its way, and who leads it. */
export interface Led {
  desk: Desk;
  request: RequestDetail;
}

/** The operators of the test profile, who lead requests as `smartcms issue` does. */
export interface Office {
  /** New persons, spread over the offices, whose stations have blank cards. */
  people(count: number): PersonRow[];
  /** Registered only, nothing submitted. */
  draft(row: PersonRow): Promise<RequestDetail>;
  /** Registered, submitted and approved. */
  approved(row: PersonRow): Promise<Led>;
  /** The card made. */
  produced(led: Led): Promise<RequestDetail>;
}

const OFFICES = ['OSL', 'COL', 'PNV', 'ANC'];

export async function openOffice(url: string, { seed, first }: { seed: number; first: number }): Promise<Office> {
  const meta = await apiClient({ url }).get<Meta>('/meta');
  const crew = await assembleCrew({ url, registrars: [], approvers: [], meta });
  const [somebody] = crew.registrars as [Officer];
  const { items: profiles } = await somebody.client.get<{ items: DeviceProfile[] }>('/device-profiles');
  const units = crew.registrars.flatMap((registrar) => registrar.units);
  let next = first;
  return {
    people(count) {
      const csv = peopleCsv({ count, seed, first: next, units: OFFICES });
      next += count;
      return checkRows(readPeople(Buffer.from(csv)), { units, profiles, fields: noFields.set, today: '2026-01-01' }).good;
    },
    draft: (row) => register(deskOf(crew, row), row, false),
    async approved(row) {
      const desk = deskOf(crew, row);
      let request = await register(desk, row);
      while (request.state !== 'approved') request = await (request.state === 'submitted' ? settle : approve)(desk, request);
      return { desk, request };
    },
    async produced({ desk, request: begun }) {
      let request = begun;
      while (request.state !== 'produced')
        request = await (request.state === 'approved' ? startProduction : finishProduction)(desk, request);
      return request;
    },
  };
}

const deskOf = ({ registrars, approvers, turns }: Crew, { unit }: PersonRow): Desk => ({
  ...{ registrar: officersFor(registrars, unit.id)[0] as Officer, approvers: officersFor(approvers, unit.id), unit, station: undefined },
  ...{ attempts: 0, resumptions: 0, turns },
});
