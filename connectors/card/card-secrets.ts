import { failure } from '../../domain/errors.ts';
import { pinProblem } from '../../domain/pin.ts';
import type { CardSession } from './card.ts';
import type { CardToken } from './card-token.ts';
import type { RetryCounters } from './retry-counters.ts';

const advice = {
  digits: 'Use digits only.',
  length: 'Use 6 to 8 digits.',
  trivial: 'Avoid repeated digits, runs such as 123456 and repeated patterns.',
} as const;

/** CK_TOKEN_INFO.label has 32 bytes. */
const MAX_LABEL_BYTES = 32;

/** A card that is in a reader. */
export interface Chip {
  serial: string;
  token: CardToken;
  counters: RetryCounters;
  /** Back to the state of the factory: no token, full counters. */
  wipe(): void;
}

/** The part of a card that deals with its PIN and PUK. Not to be called while another call is running. */
export const cardSecrets = ({ token, counters, wipe }: Omit<Chip, 'serial'>) =>
  ({
    async initialise({ label, puk, pin }) {
      requireGoodPin(pin);
      requireLabel(label);
      if (token.complete()) token.verified('puk', puk);
      wipe();
      token.create({ label, puk, pin });
    },
    async isInitialised(label) {
      return token.complete() && token.label() === label;
    },
    async verifyPin(pin) {
      token.logout();
      token.verified('pin', pin);
    },
    async changePin(oldPin, newPin) {
      requireGoodPin(newPin);
      token.logout();
      const { module, session } = token.verified('pin', oldPin);
      module.C_SetPIN(session, oldPin, newPin);
      token.logout();
    },
    async unblockPin(puk, newPin) {
      requireGoodPin(newPin);
      const { module, session } = token.verified('puk', puk);
      module.C_InitPIN(session, newPin);
      token.logout();
      counters.restore('pin');
    },
    async attemptsLeft() {
      return counters.left();
    },
    async erase(puk) {
      token.verified('puk', puk);
      wipe();
    },
  }) satisfies Partial<CardSession>;

function requireGoodPin(pin: string): void {
  const problem = pinProblem(pin);
  if (problem) throw failure('pin_policy', `This PIN cannot be set. ${advice[problem]}`);
}

function requireLabel(label: string): void {
  const bytes = Buffer.byteLength(label);
  if (bytes === 0 || bytes > MAX_LABEL_BYTES) throw failure('card_fault', `A card's label has 1 to ${MAX_LABEL_BYTES} bytes. Shorten it.`);
}
