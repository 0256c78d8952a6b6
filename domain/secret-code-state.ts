import type { Machine } from './machine.ts';

export const secretCodeKinds = ['pin', 'puk', 'activation', 'chosen_pin'] as const;
export type SecretCodeKind = (typeof secretCodeKinds)[number];

export const secretCodeStates = ['generated', 'printed', 'exported', 'assigned', 'delivered', 'revealed', 'used', 'void'] as const;
export type SecretCodeState = (typeof secretCodeStates)[number];

/** Life of a secret code. `void` ends it at any moment; what was seen or used never comes back. */
export const secretCodeMachine: Machine<SecretCodeState> = {
  generated: ['printed', 'exported', 'assigned', 'void'],
  printed: ['assigned', 'void'],
  exported: ['assigned', 'void'],
  assigned: ['delivered', 'printed', 'void'],
  delivered: ['revealed', 'used', 'void'],
  revealed: ['used', 'void'],
  used: ['void'],
  void: [],
};
