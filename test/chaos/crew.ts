import type { Through } from './http.ts';
import { person, type Person, type Weather } from './client.ts';

/** Who works during the storm, signed in, and where. */
export interface Crew {
  registrar: Person;
  approver: Person;
  /** Makes the cards and hands them over. */
  maker: Person;
  helpDesk: Person;
  auditor: Person;
  profileId: string;
  /** The offices, each with the station at which its cards are made. */
  desks: { unitId: string; stationId: string }[];
}

interface Listed {
  id: string;
  code: string;
  kind: string;
  unit: { id: string };
}

export async function assembleCrew(through: Through, weather: Weather): Promise<Crew> {
  const as = async (name: string): Promise<Person> => {
    const someone = person({ through, weather });
    await someone.signIn(`${name}@aurelia.example`, 'smartcms-demo');
    return someone;
  };
  const [registrar, approver, maker, helpDesk, auditor] = await Promise.all([as('ro2'), as('do3'), as('do4'), as('hd'), as('ao')]);
  const list = async (path: string) => (await maker.get<{ items: Listed[] }>(path)).items;
  const [profiles, stations] = await Promise.all([list('/device-profiles'), list('/stations')]);
  const profileId = profiles.find((profile) => profile.code === 'staff-card')?.id ?? '';
  const desks = stations.map(({ id, unit }) => ({ unitId: unit.id, stationId: id }));
  return { registrar, approver, maker, helpDesk, auditor, profileId, desks };
}
