import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';

/** A received mail. `id` grows with time. */
export interface ReceivedMail {
  id: string;
  receivedAt: string;
  /** The recipients of the envelope. */
  to: string[];
  from: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

const KEPT = 500;
const NAME = /^\d{13}-\d{4}\.eml$/;

/** The newest 500 mails of a directory, each a file `<id>.eml` with its envelope in front. */
export function mailStore(dir: string) {
  let counter = 0;
  const names = async () => (await readdir(dir)).filter((name) => NAME.test(name)).sort();
  return {
    async add(raw: Buffer, to: string[]): Promise<void> {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const name = `${Date.now()}-${String(counter++ % 10_000).padStart(4, '0')}.eml`;
      await writeFile(join(dir, `${name}.draft`), Buffer.concat([Buffer.from(`X-Envelope-To: ${to.join(', ')}\r\n`), raw]), {
        mode: 0o600,
      });
      await rename(join(dir, `${name}.draft`), join(dir, name));
      for (const old of (await names()).slice(0, -KEPT)) await rm(join(dir, old), { force: true });
    },
    /** The newest first. */
    async list(): Promise<ReceivedMail[]> {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      return Promise.all((await names()).reverse().map((name) => read(dir, name)));
    },
    async get(id: string): Promise<ReceivedMail | undefined> {
      const name = `${id}.eml`;
      return NAME.test(name) && (await names()).includes(name) ? read(dir, name) : undefined;
    },
  };
}

async function read(dir: string, name: string): Promise<ReceivedMail> {
  const mail = await PostalMime.parse(await readFile(join(dir, name)));
  const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
  return {
    id: name.slice(0, -'.eml'.length),
    receivedAt: new Date(Number(name.split('-')[0])).toISOString(),
    to: (headers['x-envelope-to'] ?? '').split(', ').filter(Boolean),
    ...{ from: sender(mail), subject: mail.subject ?? '', text: mail.text ?? '', html: mail.html ?? '', headers },
  };
}

const sender = ({ from }: Email): string => (from?.name ? `${from.name} <${from.address ?? ''}>` : (from?.address ?? ''));
