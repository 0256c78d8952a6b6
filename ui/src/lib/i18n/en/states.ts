import type { CertificateState } from '#domain/certificate-state.ts';
import type { DeviceState, HoldCause, RevocationCause } from '#domain/device-state.ts';
import type { ProductionStep } from '#domain/production.ts';
import type { ProvisioningModel } from '#domain/profile.ts';
import type { RequestState, RequestWait } from '#domain/request-state.ts';

export const states = {
  request: {
    draft: 'Draft',
    submitted: 'Submitted',
    pending_approval: 'To approve',
    approved: 'Approved',
    in_production: 'In production',
    produced: 'Produced',
    delivered: 'Delivered',
    activated: 'Activated',
    closed: 'Closed',
    rejected: 'Rejected',
    cancelled: 'Cancelled',
    expired: 'Expired',
    failed: 'Failed',
  } satisfies Record<RequestState, string> as Record<RequestState, string>,
  device: {
    in_stock: 'In stock',
    reserved: 'Reserved',
    personalising: 'Personalising',
    personalised: 'Personalised',
    shipped: 'Shipped',
    delivered: 'Delivered',
    active: 'Active',
    suspended: 'Suspended',
    revoked: 'Revoked',
    lost: 'Lost',
    stolen: 'Stolen',
    damaged: 'Damaged',
    expired: 'Expired',
    returned: 'Returned',
    destroyed: 'Destroyed',
    spoiled: 'Spoiled',
  } satisfies Record<DeviceState, string> as Record<DeviceState, string>,
  certificate: {
    requested: 'Requested',
    submitted: 'Sent to CA',
    issued: 'Issued',
    active: 'Active',
    on_hold: 'On hold',
    revocation_pending: 'Revocation pending',
    unknown: 'Outcome unknown',
    revoked: 'Revoked',
    failed: 'Refused by CA',
    expired: 'Expired',
    superseded: 'Superseded',
  } satisfies Record<CertificateState, string> as Record<CertificateState, string>,
  stoppedAt: (state: string, step: number) => `${state}, stopped at step ${step}`,
  stepOf: (step: number, all: number) => `step ${step} of ${all}`,
  holds: (n: number) => (n === 1 ? '1 hold' : `${n} holds`),
};

export const waits: Record<RequestWait, string> = {
  approval: 'An approval',
  production: 'Production at a desk',
  card: 'A card in the reader',
  ca: 'The CA',
  delivery: 'The hand-over',
  activation: 'The holder to activate it',
  hsm: 'The HSM',
  system: 'The system',
};

export const steps: Record<ProductionStep, string> = {
  reserve: 'Blank card',
  codes: 'PIN and PUK',
  initialise: 'Initialisation',
  keys: 'Keys, born on the card',
  certify: 'Certificates from the CA',
  write: 'Certificates on the card',
  files: 'Data file',
  verify: 'Final check, card against records',
  mailer: 'PIN mailer, sealed',
};

export const models: Record<ProvisioningModel, string> = {
  desk: 'Desk',
  bureau: 'Bureau',
  self: 'Self-service',
  virtual: 'Virtual token',
};

export const causes = {
  hold: {
    lost_temporarily: 'Cannot be found for now',
    suspected_misuse: 'Misuse is suspected',
    absence: 'Long absence',
    holder_request: 'The holder asks for it',
    investigation: 'Investigation',
    other: 'Other',
  } satisfies Record<HoldCause, string> as Record<HoldCause, string>,
  revocation: {
    lost: 'Lost for good',
    stolen: 'Stolen',
    damaged: 'Damaged',
    key_compromise: 'A key may be known to others',
    left_organisation: 'The holder left the organisation',
    data_changed: 'The data on the certificate changed',
    privilege_withdrawn: 'The holder may no longer have it',
    other: 'Other',
  } satisfies Record<RevocationCause, string> as Record<RevocationCause, string>,
};
