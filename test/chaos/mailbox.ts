import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import PostalMime from 'postal-mime';

export interface Mailbox {
  /** The activation code that was sent to this address last, waiting for it. */
  codeFor(address: string): Promise<string>;
  /** How many mails came for each Message-ID. */
  counts(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const WAIT_MS = 300_000;

/** Reads each mail of the sink's directory once, as it comes: the sink forgets the oldest. */
export function openMailbox(dir: string): Mailbox {
  const seen = new Set<string>();
  const codes = new Map<string, string>();
  const counts = new Map<string, number>();
  const closing = new AbortController();

  async function look(): Promise<void> {
    const names = await readdir(dir).catch(() => []);
    for (const name of names.filter((n) => n.endsWith('.eml') && !seen.has(n)).sort()) {
      seen.add(name);
      const mail = await PostalMime.parse(await readFile(join(dir, name)));
      counts.set(mail.messageId ?? '', (counts.get(mail.messageId ?? '') ?? 0) + 1);
      const code = /^\s*((?:[2-9A-HJ-NP-Z][ -]?){9}[2-9A-HJ-NP-Z])\s*$/m.exec(mail.text ?? '')?.[1];
      const to = mail.headers.find(({ key }) => key === 'x-envelope-to')?.value;
      if (code && to) codes.set(to, code);
    }
  }
  const looking = (async () => {
    while (!closing.signal.aborted) {
      await look();
      await delay(300, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();

  return {
    async codeFor(address) {
      for (const end = Date.now() + WAIT_MS; Date.now() < end; await delay(300)) {
        const code = codes.get(address);
        if (code !== undefined) return code;
      }
      throw new Error(`no activation code came for ${address} in ${WAIT_MS / 1000} s`);
    },
    counts: () => counts,
    async close() {
      closing.abort();
      await looking;
      await look();
    },
  };
}
