import type { Machine } from './machine.ts';

export const deviceStates = [
  'in_stock',
  'reserved',
  'personalising',
  'personalised',
  'shipped',
  'delivered',
  'active',
  'suspended',
  'revoked',
  'lost',
  'stolen',
  'damaged',
  'expired',
  'returned',
  'destroyed',
  'spoiled',
] as const;
export type DeviceState = (typeof deviceStates)[number];

const endings = ['revoked', 'lost', 'stolen', 'damaged'] as const;

/** Life of a device. Suspension is a ledger of holds: `suspended` means at least one hold is open. */
export const deviceMachine: Machine<DeviceState> = {
  in_stock: ['reserved', 'destroyed'],
  reserved: ['personalising', 'in_stock', 'spoiled'],
  personalising: ['personalised', 'spoiled'],
  personalised: ['shipped', 'delivered', 'spoiled', ...endings],
  shipped: ['delivered', 'returned', ...endings],
  delivered: ['active', 'suspended', ...endings, 'expired', 'returned'],
  active: ['suspended', ...endings, 'expired'],
  suspended: ['active', 'delivered', ...endings, 'expired'],
  revoked: ['returned'],
  lost: ['returned', 'revoked'],
  stolen: ['returned', 'revoked'],
  damaged: ['returned'],
  expired: ['returned'],
  returned: ['in_stock', 'destroyed'],
  destroyed: [],
  spoiled: ['destroyed'],
};

/** States in which a device's certificates may be suspended, and in which they may be revoked. */
export const suspendable: readonly DeviceState[] = ['delivered', 'active', 'suspended'];
export const revocable: readonly DeviceState[] = ['personalised', 'shipped', 'delivered', 'active', 'suspended', 'lost', 'stolen'];

export const holdCauses = ['lost_temporarily', 'suspected_misuse', 'absence', 'holder_request', 'investigation', 'other'] as const;
export type HoldCause = (typeof holdCauses)[number];

/** Why a device is revoked, the state it takes, and the CRL reason (RFC 5280 5.3.1) of its certificates. */
export const revocationCauses = {
  lost: { state: 'lost', reason: 'keyCompromise' },
  stolen: { state: 'stolen', reason: 'keyCompromise' },
  damaged: { state: 'damaged', reason: 'superseded' },
  key_compromise: { state: 'revoked', reason: 'keyCompromise' },
  left_organisation: { state: 'revoked', reason: 'cessationOfOperation' },
  data_changed: { state: 'revoked', reason: 'affiliationChanged' },
  privilege_withdrawn: { state: 'revoked', reason: 'privilegeWithdrawn' },
  other: { state: 'revoked', reason: 'unspecified' },
} as const satisfies Record<string, { state: DeviceState; reason: string }>;
export type RevocationCause = keyof typeof revocationCauses;
export const revocationCauseNames = Object.keys(revocationCauses) as [RevocationCause, ...RevocationCause[]];
