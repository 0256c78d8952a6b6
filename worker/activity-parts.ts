import { join } from 'node:path';

import type { Knex } from 'knex';

import type { ActivityParts } from '../activities/index.ts';
import type { Processes } from '../activities/processes.ts';
import { secrets } from '../activities/secrets.ts';
import { virtualHand } from '../activities/virtual-hand.ts';
import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { openVirtualReader } from '../connectors/card/virtual-reader.ts';
import type { Hsm } from '../connectors/hsm/hsm.ts';
import { pdfRenderer } from '../connectors/printer/pdf.ts';
import { ledgerDifferences } from '../db/reads/ledger-differences.ts';
import { openProcesses } from '../db/reads/open-processes.ts';
import { amendmentStore } from '../db/stores/amendments.ts';
import { certificateActionStore } from '../db/stores/certificate-actions.ts';
import { certificateStore } from '../db/stores/certificates.ts';
import { deviceReader } from '../db/stores/device-for-work.ts';
import { handOverDue } from '../db/stores/hand-over.ts';
import { idempotencyStore } from '../db/stores/idempotency.ts';
import { mailOutboxStore } from '../db/stores/mail-outbox.ts';
import { productionStepStore } from '../db/stores/production-steps.ts';
import { productionStore } from '../db/stores/productions.ts';
import { reconciliationStore } from '../db/stores/reconciliations.ts';
import { requestApprovalStore } from '../db/stores/request-approval.ts';
import { requestProgressStore } from '../db/stores/request-progress.ts';
import { requestStore } from '../db/stores/requests.ts';
import { revocationStore } from '../db/stores/revocations.ts';
import { sealedDocumentStore } from '../db/stores/sealed-documents.ts';
import { secretCodeStore } from '../db/stores/secret-codes.ts';
import { sessionStore } from '../db/stores/sessions.ts';
import type { KeyRing } from '../domain/key-ring.ts';

export interface Resources {
  knex: Knex;
  processes: Processes;
  hsm: Hsm;
  /** Data keys of secret codes. */
  codeKeys: KeyRing;
  cas: ReadonlyMap<string, CertificateAuthority>;
  cards: { dir: string; module: string };
  portalUrl: string;
}

/** Wires stores and connectors to what the activities ask for. */
export function activityParts({ knex, processes, hsm, codeKeys, cas, cards, portalUrl }: Resources): ActivityParts {
  const progress = requestProgressStore(knex);
  const requests = requestStore(knex);
  const random = (length: number) => hsm.random(length);
  return {
    hsm: { random },
    cas,
    requests,
    progress,
    records: { productions: productionStore(knex), steps: productionStepStore(knex), requests, progress },
    approvals: requestApprovalStore(knex),
    amendments: amendmentStore(knex),
    revocations: revocationStore(knex),
    certificates: certificateStore(knex),
    actions: certificateActionStore(knex),
    devices: deviceReader(knex),
    documents: sealedDocumentStore(knex),
    mails: mailOutboxStore(knex),
    idempotency: idempotencyStore(knex),
    sessions: sessionStore(knex),
    handOver: () => handOverDue(knex),
    processes,
    openRows: openProcesses(knex),
    reconciliations: reconciliationStore(knex),
    ledgerDifferences: () => ledgerDifferences(knex),
    secrets: secrets({ hsm: { random }, keys: codeKeys, codes: secretCodeStore(knex) }),
    renderer: pdfRenderer(),
    mailers: { random, portalUrl },
    hand: virtualHand((stationId) =>
      openVirtualReader({ name: stationId, cardDir: join(cards.dir, 'cards'), module: cards.module, workDir: join(cards.dir, 'readers') }),
    ),
  };
}
