export interface Entry {
  serial: string;
  code: string;
  pin: string;
  pinAgain: string;
  password: string;
}
export type Errors = Partial<Record<keyof Entry, string | undefined>>;

/** PINs that anybody tries first: one digit repeated, or a row of digits up or down. The API has the last word. */
export function pinTooEasy(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i]));
  return steps.every((s) => s === 0) || steps.every((s) => s === 1) || steps.every((s) => s === -1);
}
