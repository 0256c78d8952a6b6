import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { v7 } from 'uuid';

import { createActivities, type Activities, type ActivityParts } from '../../activities/index.ts';
import type { Processes } from '../../activities/processes.ts';
import { openDataKeys } from '../../connectors/hsm/data-keys.ts';
import type { Hsm } from '../../connectors/hsm/hsm.ts';
import { openHsm } from '../../connectors/hsm/pkcs11-hsm.ts';
import { SOFTHSM, testTokens } from '../../connectors/hsm/test-token.ts';
import { dataKeyStore } from '../../db/stores/data-keys.ts';
import { requestApprovalStore } from '../../db/stores/request-approval.ts';
import { requestStore } from '../../db/stores/requests.ts';
import { noFields } from '../../domain/field-definition.ts';
import type { HolderData } from '../../domain/holder.ts';
import { taxCodeCheckCharacter } from '../../domain/tax-code.ts';
import { seed } from '../../local/seed.ts';
import { activityParts } from '../../worker/activity-parts.ts';
import { embeddedCas } from '../../worker/embedded-cas.ts';
import { initialiseKeys } from '../../worker/initial-keys.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

type Name = keyof Activities;

/** Everything that makes a card, real but for Temporal: PostgreSQL, SoftHSM, the embedded CA, a virtual station. */
export interface Workshop {
  database: TestDatabase;
  hsm: Hsm;
  parts: ActivityParts;
  stationId: string;
  unitId: string;
  /** What activities logged as errors. */
  alarms: string[];
  /** An operator by the first part of the demonstration login. */
  operator(login: string): Promise<string>;
  /** Runs an activity, with these parts if some are to fail; `attempt` counts from 1. */
  run<N extends Name>(
    name: N,
    input: Parameters<Activities[N]>[0],
    parts?: ActivityParts,
    attempt?: number,
  ): Promise<Awaited<ReturnType<Activities[N]>>>;
  submittedRequest(): Promise<string>;
  approvedRequest(): Promise<string>;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const tokens = testTokens();
  tokens.create('workshop');
  const dir = mkdtempSync('/dev/shm/smartcms-workshop-');
  const database = await createTestDatabase();
  const knex = database.operations;
  await seed({ knex, profile: 'test' });
  const hsm = openHsm({ module: SOFTHSM, tokenLabel: 'workshop', pin: '648201', sessions: 4 });
  await initialiseKeys(hsm, knex);
  const codeKeys = await openDataKeys(hsm, dataKeyStore(knex), { purpose: 'codes', newId: v7() });
  const cas = await embeddedCas({ knex, hsm, validationUrl: 'http://validation.example' });
  const parts = activityParts({
    knex,
    processes: noProcesses,
    hsm,
    codeKeys,
    cas,
    cards: { dir: join(dir, 'cards'), module: SOFTHSM },
    portalUrl: 'http://portal.example/my',
  });
  const { id: stationId, unitId } = await knex('stations')
    .where({ code: 'osl-desk-1' })
    .first<{ id: string; unitId: string }>('id', 'unit_id');
  const { id: profileId } = await knex('device_profiles').where({ code: 'staff-card' }).first<{ id: string }>('id');

  const alarms: string[] = [];
  const operator = async (login: string): Promise<string> =>
    (
      await knex('accounts')
        .where({ login: `${login}@aurelia.example` })
        .first<{ operatorId: string }>('operator_id')
    ).operatorId;
  const submittedRequest = async (): Promise<string> => {
    const by = { kind: 'operator', id: await operator('ro') } as const;
    const { id } = await requestStore(knex).create({
      by,
      id: v7(),
      unitId,
      profileId,
      holder: { newId: v7(), data: person() },
      extra: {},
      fields: noFields,
      submit: true,
    });
    return id;
  };
  return {
    ...{ database, hsm, parts, stationId, unitId, alarms, operator, submittedRequest },
    run: (name, input, given = parts, attempt = 1) => {
      const activity = createActivities(given)[name] as (input: unknown) => Promise<never>;
      return new MockActivityEnvironment(
        { attempt },
        { logger: new DefaultLogger('ERROR', ({ message }) => void alarms.push(message)) },
      ).run(activity, input);
    },
    async approvedRequest() {
      const id = await submittedRequest();
      await requestApprovalStore(knex).openApproval({ id });
      await requestApprovalStore(knex).recordDecision({
        by: { kind: 'operator', id: await operator('do') },
        id,
        verdict: 'approve',
        comment: '',
      });
      return id;
    },
    async close() {
      await parts.hand.pull({ stationId });
      await hsm.close();
      await database.drop();
      tokens.remove();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** There is no Temporal here. */
const noProcesses = new Proxy({} as Processes, {
  get: (_, name) => () => Promise.reject(new Error(`no Temporal in the workshop: ${String(name)}`)),
});

let people = 0;

/** Another invented person each time. */
export function person(): HolderData {
  const n = String(++people % 1000).padStart(3, '0');
  const first15 = `RSSMRA85T10A${n}`;
  return {
    givenName: 'Maria',
    familyName: 'Rossi',
    birthDate: '1985-12-10',
    birthPlace: 'Roma',
    taxCode: first15 + taxCodeCheckCharacter(first15),
    email: `maria.rossi${n}@aurelia.example`,
    document: { kind: 'identity_card', number: `CA${n}`, issuer: 'Comune di Roma', expiresOn: '2035-01-01' },
    extra: {},
  };
}
