import { log } from '@temporalio/activity';

import type { CaAnswer, CertificateAuthority } from '../connectors/ca/ca.ts';
import type { Certificate } from '../db/models/certificate.ts';
import type { CertificateStore } from '../db/stores/certificates.ts';
import { errorCodeOf, failure, type ErrorCode } from '../domain/errors.ts';
import { takeCertificate } from './ca-answer.ts';
import { certificateOrder, holderFields, subjectOf } from './certificate-order.ts';
import { onProduction, type ProductionRecords, type ProductionWork } from './production-work.ts';
import { askAgain } from './waiting.ts';

interface Deps {
  cas: ReadonlyMap<string, CertificateAuthority>;
  records: ProductionRecords;
  certificates: CertificateStore;
}

interface Input {
  productionId: string;
  ca: string;
}

export const certificationActivities = (deps: Deps) => ({
  /**
   * Gets the certificates of one card that this CA issues, exactly one a slot: each order has a row and a reference before the CA hears of it,
   * and a retry asks the CA what it did before it orders. Without an answer the certificate is `unknown` and is asked for again.
   */
  certify: ({ productionId, ca }: Input): Promise<void> =>
    onProduction(deps.records, productionId, async (work) => {
      const { deviceId } = work.production;
      const all = () => deps.certificates.ofDevice(deviceId);
      if ((await deps.records.steps.start({ productionId, step: 'certify' })).state === 'done') return;
      for (const certificate of (await all()).filter((c) => c.ca === ca && isOpen(c))) await obtain(deps, { work, certificate });
      const refused = (await all()).find((c) => c.state === 'failed');
      if (refused)
        throw failure('ca_refused', `The CA refused the certificate for ${refused.slot}: ${refused.problemDetail ?? ''} Scrap the card.`);
      if (!(await all()).some(isOpen)) await deps.records.steps.finish({ productionId, step: 'certify' });
    }),

  /** Before a card is given up: learns of every order what became of it, so that what was issued can be revoked. Orders nothing. */
  settleCertificates: ({ productionId, ca }: Input): Promise<void> =>
    onProduction(deps.records, productionId, async (work) => {
      const open = (await deps.certificates.ofDevice(work.production.deviceId)).filter((c) => c.ca === ca && isOpen(c));
      for (const certificate of open) await settle(deps, { work, certificate }, await caOf(deps, ca).lookup(certificate.clientRef));
    }),
});

/** Its fate is not known yet. */
const isOpen = ({ state }: Certificate): boolean => state === 'requested' || state === 'submitted' || state === 'unknown';

interface Order {
  work: ProductionWork;
  certificate: Certificate;
}

async function obtain(deps: Deps, ordered: Order): Promise<void> {
  const { work, certificate } = ordered;
  const profile = await deps.certificates.profile(certificate.profile);
  const order = certificateOrder({ certificate, profile, fields: holderFields(work.request, work.production.serial) });
  const answer = await ask(deps, certificate, async (ca) => {
    const known = await ca.lookup(certificate.clientRef);
    return known.state === 'unknown_order' ? ca.submit(order, certificate.clientRef) : known;
  });
  if (answer.state === 'pending' || answer.state === 'unknown_order') throw askAgain('The CA has not decided yet.', retryAfter(answer));
  await record(deps, ordered, answer);
}

/** No answer leaves the certificate `unknown` until there is one; a refusal in words is an answer. */
async function ask(deps: Deps, certificate: Certificate, question: (ca: CertificateAuthority) => Promise<CaAnswer>): Promise<CaAnswer> {
  try {
    return await question(caOf(deps, certificate.ca));
  } catch (error) {
    const code = errorCodeOf(error);
    if (code && refusals.has(code)) return { state: 'refused', reason: (error as Error).message };
    await deps.certificates.unknown({ id: certificate.id, detail: 'The CA gave no answer. It is asked again.' });
    if (code) throw error;
    log.error('the CA gave no answer', { error });
    throw failure('unavailable', 'The CA gave no answer.');
  }
}

const refusals: ReadonlySet<ErrorCode> = new Set(['ca_refused', 'csr_invalid', 'policy_violation', 'invalid_input', 'not_supported']);
const retryAfter = (answer: CaAnswer): number => (answer.state === 'pending' ? answer.retryAfterSeconds : 30);

/** How long an order that got no answer may still be under way to the CA: until then its silence is no word. */
const underWayMs = 2 * 60_000;

async function settle(deps: Deps, ordered: Order, answer: CaAnswer): Promise<void> {
  if (answer.state === 'pending') throw askAgain('The CA has not decided yet.', answer.retryAfterSeconds);
  const { id, state, stateSince } = ordered.certificate;
  if (answer.state === 'unknown_order') {
    const age = Date.now() - stateSince.getTime();
    if (state === 'unknown' && age < underWayMs)
      throw askAgain('An order to the CA may still be under way.', Math.ceil((underWayMs - age) / 1000));
    return deps.certificates.failed({ id, detail: 'The card was given up before the order reached the CA.' });
  }
  return record(deps, ordered, answer);
}

async function record(deps: Deps, { work, certificate }: Order, answer: CaAnswer & { state: 'issued' | 'refused' }): Promise<void> {
  if (answer.state === 'refused') return deps.certificates.failed({ id: certificate.id, detail: answer.reason });
  const profile = await deps.certificates.profile(certificate.profile);
  const subject = subjectOf(profile, holderFields(work.request, work.production.serial));
  await takeCertificate({ ca: caOf(deps, certificate.ca), certificates: deps.certificates }, { certificate, answer, subject });
}

function caOf({ cas }: Deps, code: string): CertificateAuthority {
  const ca = cas.get(code);
  if (!ca) throw failure('unavailable', `The CA ${code} is not connected here.`);
  return ca;
}
