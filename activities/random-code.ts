import { pinProblem } from '../domain/pin.ts';

type Random = (length: number) => Promise<Buffer>;

const digits = '0123456789';
/** Without the letters and digits that are taken for one another when read aloud or typed. */
const unambiguous = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Characters of `alphabet`, each equally likely: bytes beyond its last whole multiple are thrown away (rejection sampling). */
export async function randomText(random: Random, alphabet: string, length: number): Promise<string> {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of await random(2 * length)) if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length];
  }
  return text;
}

/** A PIN or PUK of 6 to 8 digits. Repetitions and series, which anybody would try first, are drawn again. */
export async function randomPin(random: Random, length: number): Promise<string> {
  for (;;) {
    const pin = await randomText(random, digits, length);
    if (pinProblem(pin) !== 'trivial') return pin;
  }
}

/** Ten characters, 50 bits: typed once by the holder. */
export const randomActivationCode = (random: Random): Promise<string> => randomText(random, unambiguous, 10);
