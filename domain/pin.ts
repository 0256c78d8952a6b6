/** Lengths that every supported family of cards takes (PIV: 6 to 8 digits; CNS: 5 to 8). */
const LENGTH = { min: 6, max: 8 };

export type PinProblem = 'digits' | 'length' | 'trivial';

/** Why a PIN must not be set, or undefined. `trivial`: one digit repeated, a run up or down (9 before 0 included), a short pattern repeated. */
export function pinProblem(pin: string): PinProblem | undefined {
  if (!/^\d*$/.test(pin)) return 'digits';
  if (pin.length < LENGTH.min || pin.length > LENGTH.max) return 'length';
  return isRun(pin) || isPattern(pin) ? 'trivial' : undefined;
}

/** Each digit is the one before plus a constant step of -1, 0 or 1, modulo 10. */
function isRun(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, i) => (Number(digit) - Number(pin[i]) + 10) % 10));
  const [step] = steps;
  return steps.size === 1 && (step === 0 || step === 1 || step === 9);
}

/** 121212, 123123, 12121212, 12341234. */
const isPattern = (pin: string): boolean => /^(\d{2,4})\1+$/.test(pin);
