import type { RequestDetail, Unit, DeviceProfile } from '../cli/api-types.ts';
import type { Crew } from '../cli/issue/crew.ts';
import { findRequest, register } from '../cli/issue/issue-row.ts';
import type { PersonRow } from '../cli/issue/person-row.ts';
import { approve, finishProduction, settle, startProduction } from '../cli/issue/request-steps.ts';
import { verdicts } from '../cli/issue/verdicts.ts';
import { deskFor } from './demo-goals.ts';
import { demoHolder } from './seed-operators.ts';

export interface FirstCard {
  crew: Crew;
  office: Unit;
  profile: DeviceProfile;
  validationUrl: string;
  say: (line: string) => void;
}

/** One request from the registered person to a card whose certificates verify, told in plain words. Once: later starts find it. */
export async function issueFirstCard({ crew, office, profile, validationUrl, say }: FirstCard): Promise<void> {
  const person: PersonRow = { line: 0, holder: demoHolder, extra: {}, unit: office, profile, reference: 'demo-first-card' };
  const desk = deskFor(person, crew);
  const tell = storyteller(say);
  let request = await findRequest(desk.registrar, person);
  if (request && !['draft', 'submitted', 'pending_approval', 'approved', 'in_production'].includes(request.state)) return;

  request ??= await register(desk, person, false);
  tell(
    `${desk.registrar.me.name} registered ${demoHolder.givenName} ${demoHolder.familyName} at ${office.name}: request ${request.number}`,
  );
  if (request.state === 'draft') request = await desk.registrar.client.post<RequestDetail>(`/requests/${request.id}/submission`);
  if (request.state === 'submitted') request = await settle(desk, request);
  tell('Submitted; it waits for approval by another officer');
  if (request.state === 'pending_approval') request = await approve(desk, request);
  tell(`Approved by ${desk.approvers[0]?.me.name ?? ''}`);
  if (request.state === 'approved') request = await startProduction(desk, request);
  request = await finishProduction(desk, request);
  for (const line of productionStory(request)) tell(line);
  tell(await verified(desk.approvers[0]!.client, request, validationUrl));
}

/** Lines with the seconds since the first. */
function storyteller(say: (line: string) => void): (line: string) => void {
  const started = performance.now();
  return (line) => say(`  ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

const productionStory = ({ device, certificates, state }: RequestDetail): string[] => [
  `Card ${device?.serial ?? ''} initialised with PIN and PUK, ${certificates.length} key pairs generated on the card`,
  `Certificates issued by the embedded CA and written: ${certificates.map((c) => c.slot).join(', ')}`,
  `Card read back and compared, PIN mailer sealed: the request is ${state}`,
];

async function verified(
  client: Crew['approvers'][number]['client'],
  { certificates }: RequestDetail,
  validationUrl: string,
): Promise<string> {
  try {
    const pems = await Promise.all(certificates.map(async ({ id, slot }) => [slot, await client.text(`/certificates/${id}/pem`)] as const));
    const found = await verdicts({ validationUrl, certificates: new Map(pems) });
    return `openssl verify: ${[...found].map(([slot, { chain, crl }]) => `${slot} ${chain}, with the CRL ${crl}`).join('; ')}`;
  } catch (error) {
    return (error as Error).message;
  }
}
