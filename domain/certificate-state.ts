import type { Machine } from './machine.ts';

export const certificateStates = [
  'requested',
  'submitted',
  'issued',
  'active',
  'on_hold',
  'revocation_pending',
  'revoked',
  'expired',
  'superseded',
  'failed',
  'unknown',
] as const;
export type CertificateState = (typeof certificateStates)[number];

/** Life of a certificate. `failed`: the CA said no. `unknown`: no answer is known; it is asked again until the CA's word is known. */
export const certificateMachine: Machine<CertificateState> = {
  requested: ['submitted', 'failed'],
  submitted: ['issued', 'failed', 'unknown'],
  unknown: ['issued', 'failed', 'submitted'],
  issued: ['active', 'on_hold', 'revocation_pending', 'expired', 'superseded'],
  active: ['on_hold', 'revocation_pending', 'expired', 'superseded'],
  on_hold: ['active', 'issued', 'revocation_pending', 'expired'],
  revocation_pending: ['revoked'],
  revoked: [],
  expired: [],
  superseded: [],
  failed: [],
};
