import { z } from 'zod';

import { ApprovalStep, Decision } from '../../domain/approval.ts';
import { certificateStates } from '../../domain/certificate-state.ts';
import { deviceStates } from '../../domain/device-state.ts';
import { text } from '../../domain/holder.ts';
import { productionStates, productionSteps, stepStates } from '../../domain/production.ts';
import { provisioningModels } from '../../domain/profile.ts';
import { requestStates, requestWaits } from '../../domain/request-state.ts';
import { Moment } from '../../domain/moment.ts';
import { By, Id, LocalText, Named, Page, Reason, Search, several, shown, Time } from './common.ts';
import { FieldQuery, FieldRecord, Fields, RequestFields } from './field.ts';
import { HolderInput, HolderRecord } from './holder.ts';

export const RequestCreate = z
  .strictObject({
    holderId: Id.optional(),
    holder: HolderInput.optional(),
    extra: RequestFields.default({}),
    unitId: Id,
    profileId: Id,
    reference: text(60).optional(),
    submit: z.boolean().default(false),
  })
  .refine((r) => (r.holderId === undefined) !== (r.holder === undefined), {
    path: ['holder'],
    message: 'Give either holderId or holder',
  })
  .meta({ id: 'RequestCreate' });

export const DecisionInput = z.strictObject(Decision.shape).meta({ id: 'DecisionInput' });
export const AmendmentInput = z
  .strictObject({ data: HolderInput, extra: RequestFields.default({}), reason: Reason })
  .meta({ id: 'AmendmentInput' });
export const ReasonInput = z.strictObject({ reason: Reason }).meta({ id: 'ReasonInput' });
export const StationInput = z.strictObject({ stationId: Id }).meta({ id: 'StationInput' });

export const RequestQuery = z.strictObject({
  state: several(requestStates),
  unitId: Id.optional(),
  profileId: Id.optional(),
  holderId: Id.optional(),
  search: Search,
  field: FieldQuery,
  from: Moment.optional(),
  to: Moment.optional(),
  sort: z.enum(['-createdAt', 'createdAt', '-updatedAt', 'number']).default('-createdAt'),
  ...Page,
});

const profile = z.object({ id: Id, name: LocalText });

export const RequestSummary = z
  .object({
    id: Id,
    number: z.string(),
    unit: Named,
    holder: Named,
    profile,
    model: shown(provisioningModels),
    state: shown(requestStates),
    waitsFor: shown(requestWaits).nullable(),
    waitingSince: Time.nullable(),
    createdAt: Time,
    producedAt: Time.nullable(),
    registeredBy: Named,
    reference: z.string().nullable(),
    deviceSerial: z.string().nullable(),
    fields: FieldRecord.meta({ description: "Of the fields that lists show: the person's and the request's" }),
    version: z.int(),
  })
  .meta({ id: 'RequestSummary' });

const Vote = z
  .object({ step: z.int(), by: Named, verdict: shown(['approve', 'reject']), comment: z.string(), decidedAt: Time, voided: z.boolean() })
  .meta({ id: 'Vote' });

const ProductionStepView = z
  .object({
    step: shown(productionSteps),
    state: shown(stepStates),
    detail: z.record(z.string(), z.unknown()),
    attempts: z.int(),
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
  })
  .meta({ id: 'ProductionStep' });

const problem = z.object({ code: z.string(), detail: z.string() }).nullable();

const Production = z
  .object({
    id: Id,
    state: shown(productionStates),
    stationId: Id,
    stationName: z.string(),
    problem,
    steps: z.array(ProductionStepView),
  })
  .meta({ id: 'Production' });

const RequestCertificate = z
  .object({
    id: Id,
    slot: z.string(),
    profile: z.string(),
    state: shown(certificateStates),
    serial: z.string().nullable(),
    subject: z.string().nullable(),
    notBefore: Time.nullable(),
    notAfter: Time.nullable(),
  })
  .meta({ id: 'RequestCertificate' });

const may = z.object({
  decide: z.boolean(),
  amend: z.boolean(),
  cancel: z.boolean(),
  submit: z.boolean(),
  produce: z.boolean(),
  resume: z.boolean(),
  scrap: z.boolean(),
  deliver: z.boolean(),
  sendCode: z.boolean(),
  printMailer: z.boolean(),
  correctAddress: z.boolean(),
});

const times = z.object({
  submittedAt: Time.nullable(),
  approvedAt: Time.nullable(),
  producedAt: Time.nullable(),
  deliveredAt: Time.nullable(),
  activatedAt: Time.nullable(),
  closedAt: Time.nullable(),
});

export const RequestDetail = z
  .object({
    ...RequestSummary.omit({ fields: true }).shape,
    data: HolderRecord,
    extra: FieldRecord,
    fieldSet: Fields.meta({ description: 'The definitions that it was made with' }),
    approval: z.object({ round: z.int(), step: z.int(), steps: z.array(z.object(ApprovalStep.shape)), votes: z.array(Vote) }),
    waits: z.object({
      for: shown(requestWaits).nullable(),
      since: Time.nullable(),
      nextAttemptAt: Time.nullable(),
      deadlineAt: Time.nullable(),
      problem,
    }),
    times,
    device: z.object({ id: Id, serial: z.string(), state: shown(deviceStates) }).nullable(),
    production: Production.nullable(),
    certificates: z.array(RequestCertificate),
    mailer: z.object({ envelope: z.string(), printedAt: Time.nullable() }).nullable(),
    mailTrouble: z
      .object({
        problem: shown(['server', 'address_refused']),
        withCode: z.boolean(),
        to: z.string(),
        since: Time,
        nextAttemptAt: Time.nullable(),
      })
      .nullable()
      .meta({ description: 'The newest mail about it, while it does not arrive' }),
    may: may.meta({ description: 'What this actor may do now' }),
    history: z.array(z.object({ at: Time, kind: z.string(), by: By, detail: z.string().nullable() })),
  })
  .meta({ id: 'RequestDetail' });
