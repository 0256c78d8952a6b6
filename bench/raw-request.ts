// Run as a process of its own, as SoftHSM reads its configuration at the start: the raw work of requests, round by round.
import { readFileSync } from 'node:fs';

import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { pdfRenderer } from '../connectors/printer/pdf.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import { keyIdentifier } from '../pki/key-identifier.ts';
import { validationUrls } from '../worker/embedded-cas.ts';
import { serve } from './child.ts';
import { cpuSeconds } from './cpu.ts';
import { rawCards } from './raw-card.ts';
import { rawReplay, type Trace } from './trace.ts';

/** First the trace of requests, then `cards` for each round. */
export type RawOrder = { trace: Trace } | { cards: number };

/** CPU milliseconds: of each card and its certificates, of all SQL effects of the trace, and of drawing one PIN mailer. */
export interface RawRound {
  card: number[];
  ca: number[];
  sql: number;
  mailer: number;
}

const { PKCS11_MODULE = '', HSM_TOKEN = '', HSM_PIN_FILE = '', BENCH_DATABASE = '', BENCH_CARDS = '', VALIDATION_URL = '' } = process.env;
const pin = readFileSync(HSM_PIN_FILE, 'utf8').trim();
const hsm = openHsm({ module: PKCS11_MODULE, tokenLabel: HSM_TOKEN, pin, sessions: 2 });
const signer = await hsm.signer('ca-main');
if (!signer) throw new Error('the token has no key of the CA');
const published = await fetch(`${VALIDATION_URL}/ca/main.crt`);
const { subject: name, spki } = parseCertificate(Buffer.from(await published.arrayBuffer()));
const ca = { signer, name, keyIdentifier: keyIdentifier(spki), urls: validationUrls('http://pki.aurelia.example', 'main') };
const cards = await rawCards(ca, { dir: BENCH_CARDS, module: PKCS11_MODULE });
const renderer = pdfRenderer();

let replay: Awaited<ReturnType<typeof rawReplay>> | undefined;

/** CPU milliseconds of this process and, for SQL, of its backend. */
async function spent(work: () => Promise<unknown>, backend?: number): Promise<number> {
  const server = () => (backend === undefined ? 0 : cpuSeconds([backend]));
  const [before, own] = [server(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(own);
  return (user + system) / 1000 + (server() - before) * 1000;
}

async function round(count: number): Promise<RawRound> {
  const costs = [];
  for (let n = 0; n < count; n++) costs.push(await cards.one());
  const mailer = await spent(async () => {
    for (let n = 0; n < count; n++) await renderer.pinMailer(aMailer);
  });
  await replay?.reset();
  const sql = await spent(async () => replay?.run(), replay?.backend);
  return { card: costs.map((c) => c.card), ca: costs.map((c) => c.ca), sql, mailer: mailer / count };
}

const aMailer = {
  ...({ locale: 'it', organisation: 'Ospedale Santa Lucia', envelope: '12345674', deviceSerial: '6090000010000017' } as const),
  ...{ holderName: 'Anna Bench', pin: '295173', puk: '84713902', portalUrl: 'http://127.0.0.1/my' },
};

await serve<RawOrder>(async (order) => {
  if ('cards' in order) return round(order.cards);
  replay = await rawReplay(BENCH_DATABASE, order.trace);
  return {};
});
await replay?.close();
cards.close();
await hsm.close();
