import { setTimeout as delay } from 'node:timers/promises';

import type { ReceivedMail } from './mail-store.ts';

const WAIT_MS = 30_000;

/** The activation code in the newest mail to an address, waiting for the mail when it is still on its way. */
export async function activationCode({ mailUrl, to }: { mailUrl: string; to: string }): Promise<string> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await delay(200)) {
    const mails = (await (await fetch(new URL('api/mails', mailUrl))).json()) as ReceivedMail[];
    const code = mails
      .filter((mail) => mail.to.includes(to))
      .map(codeIn)
      .find(Boolean);
    if (code) return code;
  }
  throw new Error(`No mail with an activation code came to ${to} in ${WAIT_MS / 1000} s. Is the worker running?`);
}

/** The code stands alone in its line: ten characters without 0, 1, I and O, perhaps in groups. */
const codeIn = ({ text }: Pick<ReceivedMail, 'text'>): string | undefined =>
  /^\s*((?:[2-9A-HJ-NP-Z][ -]?){9}[2-9A-HJ-NP-Z])\s*$/m.exec(text)?.[1];
