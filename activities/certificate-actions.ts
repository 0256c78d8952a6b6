import { v7 } from 'uuid';

import type { CaStatus, CertificateAuthority, RevocationReason } from '../connectors/ca/ca.ts';
import type { ActionForWork, CertificateActionStore } from '../db/stores/certificate-actions.ts';
import type { CertificateStore } from '../db/stores/certificates.ts';
import type { MailOutboxStore } from '../db/stores/mail-outbox.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import type { CertificateState } from '../domain/certificate-state.ts';
import { failure } from '../domain/errors.ts';
import { retrying } from './waiting.ts';

interface Deps {
  cas: ReadonlyMap<string, CertificateAuthority>;
  actions: CertificateActionStore;
  certificates: CertificateStore;
  requests: RequestStore;
  mails: MailOutboxStore;
}

/** States of a certificate that the change has not reached. */
const notYet: Record<ActionForWork['kind'], CertificateState[]> = {
  suspension: ['issued', 'active'],
  reactivation: ['on_hold'],
  revocation: ['revocation_pending'],
};
const templates = { suspension: 'device-suspended', reactivation: 'device-reactivated', revocation: 'device-revoked' } as const;
const wanted = { suspension: 'held', reactivation: 'good', revocation: 'revoked' } as const;

export const certificateActionActivities = (deps: Deps) => ({
  /**
   * Carries out one change at the CA, reads back what the CA says, and publishes it in a CRL. The row says what is done: a retry goes on
   * there, and asks the CA for the status before it changes it.
   */
  async carryOut({ actionId }: { actionId: string }): Promise<void> {
    const action = await deps.actions.get(actionId);
    if (action.publishedAt) return tellHolder(deps, action);
    await deps.actions.markStarted({ id: actionId });
    await retrying(
      async () => {
        const ca = caOf(deps, action.ca);
        if (!action.confirmedAt) await confirm(deps, ca, action);
        await deps.actions.published({ id: actionId, crlNumber: await ca.publish() });
      },
      ({ detail, nextAttemptAt }) => deps.actions.stuck({ id: actionId, detail, nextAttemptAt }),
    );
    await tellHolder(deps, action);
  },
});

async function confirm({ actions }: Deps, ca: CertificateAuthority, action: ActionForWork): Promise<void> {
  if (action.earlierOpen) throw failure('unavailable', 'An earlier change of this certificate comes first.');
  const target = wanted[action.kind];
  const before = await ca.status(action.serial);
  // A revocation that overtook a suspension has the last word: there is nothing left to suspend or reactivate.
  if (before.status !== target && before.status !== 'revoked') await change(ca, action);
  const after = await ca.status(action.serial);
  if (after.status !== target && after.status !== 'revoked') throw failure('unavailable', 'The CA has not carried the change out yet.');
  await actions.confirmed({ id: action.id });
}

function change(ca: CertificateAuthority, { kind, serial, reason }: ActionForWork): Promise<CaStatus> {
  if (kind === 'suspension') return ca.suspend(serial);
  return kind === 'reactivation' ? ca.reactivate(serial) : ca.revoke(serial, reason as RevocationReason);
}

/** One mail for all certificates of a device, when the last of them is done; the event key makes it one also if two are last at once. */
async function tellHolder({ certificates, requests, mails }: Deps, { deviceId, kind, n }: ActionForWork): Promise<void> {
  const all = await certificates.ofDevice(deviceId);
  const requestId = all[0]?.requestId;
  if (requestId === undefined || all.some((c) => notYet[kind].includes(c.state))) return;
  const { holderId, holderLocale: locale } = await requests.load(requestId);
  await mails.enqueue({ id: v7(), eventKey: `${kind}/${deviceId}/${n}`, template: templates[kind], locale, holderId, requestId, deviceId });
}

function caOf({ cas }: Pick<Deps, 'cas'>, code: string): CertificateAuthority {
  const ca = cas.get(code);
  if (!ca) throw failure('unavailable', `The CA ${code} is not connected here.`);
  return ca;
}
