import { setTimeout as delay } from 'node:timers/promises';

import { person, type Weather } from './client.ts';
import type { Through } from './http.ts';
import type { Mailbox } from './mailbox.ts';
import type { Somebody } from './somebody.ts';

interface Activation {
  somebody: Somebody;
  serial: string;
  mailbox: Mailbox;
  through: Through;
  weather: Weather;
}

const PATIENCE_MS = 300_000;
const PAUSE_MS = 1000;

/**
 * A holder activates the card in the portal. Nobody is signed in there, so a lost answer is not repeated: the holder tries again, and when the
 * code is used already, signs in with the new password as the page says.
 */
export async function activate({ somebody, serial, mailbox, through, weather }: Activation): Promise<void> {
  const { holder, pin, password, from } = somebody;
  const code = await mailbox.codeFor(holder.email);
  const self = person({ through, from, weather });
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(PAUSE_MS)) {
    const answer = await self.tryOnce('POST', '/portal/activation', { body: { serial, code, pin, password } });
    if (answer?.status === 200) return;
    if (answer?.status === 500) weather.defects.push(`activation: ${JSON.stringify(answer.body)}`);
    if (answer && answer.status < 500 && answer.status !== 429 && (await isActive(self, holder.email, password))) return;
    weather.repeated.push(`activation: ${answer?.status ?? 'no answer'}`);
  }
  throw new Error(`the card ${serial} could not be activated in ${PATIENCE_MS / 1000} s`);
}

/** Signed in, the holder sees the card as active. */
async function isActive(self: ReturnType<typeof person>, login: string, password: string): Promise<boolean> {
  const answer = await self.tryOnce('POST', '/session', { body: { login, password } });
  if (answer?.status !== 200) return false;
  await self.signIn(login, password);
  const { items } = await self.get<{ items: { state: string }[] }>('/portal/devices');
  return items[0]?.state === 'active';
}
