import { randomInt, randomUUID } from 'node:crypto';
import { inject } from 'vitest';

import { activationCode } from '../../local/demo-mail.ts';
import { pinProblem } from '../../domain/pin.ts';
import { taxCodeCheckCharacter } from '../../domain/tax-code.ts';
import { person, type Person, type RequestDetail } from './client.ts';
import { plant } from './plant.ts';
import { until } from './until.ts';

export const password = 'smartcms-demo';

/** Signs in as one of the demonstration's operators, by the part before the @. */
export async function as(name: 'ro' | 'do' | 'do2' | 'bo' | 'sa' | 'hd' | 'ao'): Promise<Person> {
  const client = person();
  await client.signIn(`${name}@aurelia.example`, password);
  return client;
}

const letters = (n: number) => Array.from({ length: n }, () => String.fromCharCode(65 + randomInt(26))).join('');

/** Eight digits, so that whoever looks for them does not find them by chance. */
export function newPin(): string {
  const pin = String(randomInt(1e7, 1e8));
  return pinProblem(pin) ? newPin() : pin;
}

/** An invented person whom nobody else has; what identifies her is looked for in the end. */
export function somebody() {
  const first15 = `${letters(6)}85T10A${String(randomInt(1000)).padStart(3, '0')}`;
  const holder = {
    givenName: 'Łucja',
    familyName: "D'Angelo",
    birthDate: '1985-12-10',
    birthPlace: 'Bologna',
    taxCode: first15 + taxCodeCheckCharacter(first15),
    email: `${randomUUID()}@example.it`,
    document: { kind: 'passport', number: `YA${randomInt(1e6, 1e7)}`, issuer: 'Questura di Bologna', expiresOn: '2036-01-01' },
  };
  plant('tax code', holder.taxCode);
  plant('document number', holder.document.number);
  plant('e-mail address', holder.email);
  return holder;
}

interface Profile {
  id: string;
  code: string;
}
interface Unit {
  id: string;
  code: string;
}

/** A submitted request for a staff card in the hospital, registered by the RO. */
export async function submitted(holder = somebody()): Promise<RequestDetail> {
  const ro = await as('ro');
  const [{ items: units }, { items: profiles }] = await Promise.all([
    ro.get<{ items: Unit[] }>('/units'),
    ro.get<{ items: Profile[] }>('/device-profiles'),
  ]);
  return ro.post<RequestDetail>('/requests', {
    holder,
    unitId: units.find((u) => u.code === 'OSL')?.id,
    profileId: profiles.find((p) => p.code === 'staff-card')?.id,
    submit: true,
  });
}

export const reaches = (client: Person, id: string, ...states: string[]): Promise<RequestDetail> =>
  until(`request in ${states.join(' or ')}`, async () => {
    const request = await client.get<RequestDetail>(`/requests/${id}`);
    return states.includes(request.state) ? request : undefined;
  });

export async function approved(holder = somebody()): Promise<RequestDetail> {
  const request = await submitted(holder);
  const officer = await as('do');
  await reaches(officer, request.id, 'pending_approval');
  await officer.post(`/requests/${request.id}/decisions`, { verdict: 'approve', comment: '' });
  return reaches(officer, request.id, 'approved');
}

interface Station {
  id: string;
  unit: { id: string };
}

export async function stationOf(officer: Person): Promise<string> {
  const { items } = await officer.get<{ items: Station[] }>('/stations');
  const station = items[0];
  if (!station) throw new Error('no station is visible');
  return station.id;
}

export async function produced(holder = somebody()): Promise<RequestDetail> {
  const request = await approved(holder);
  const officer = await as('do');
  await officer.post(`/requests/${request.id}/production`, { stationId: await stationOf(officer) });
  return reaches(officer, request.id, 'produced');
}

/** Hands the card over and activates it in the portal with the code from the mail. */
export async function activated(): Promise<{ request: RequestDetail; portal: Person }> {
  const request = await produced();
  const officer = await as('do');
  await officer.post(`/requests/${request.id}/delivery`);
  const code = await activationCode({ mailUrl: inject('system').mailUrl, to: request.data.email });
  const portal = person();
  await portal.post('/portal/activation', { serial: request.deviceSerial, code, pin: newPin(), password: 'a long new password' });
  return { request: await reaches(officer, request.id, 'closed'), portal };
}
