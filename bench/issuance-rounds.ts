// Run as a process of its own, as SoftHSM reads its configuration at the start: issues certificates by the raw loops and by the embedded CA,
// with its audit trail and without, in turn, and prints what each cost as JSON.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { pino } from 'pino';

import { openHsm } from '../connectors/hsm/pkcs11-hsm.ts';
import { verifyAudit } from '../db/audit/verify.ts';
import { openDatabase } from '../db/database.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import { keyIdentifier } from '../pki/key-identifier.ts';
import { relayAndSeal } from '../worker/audit-loop.ts';
import { embeddedCas, validationUrls } from '../worker/embedded-cas.ts';
import { auditKeyLabel } from '../worker/initial-keys.ts';
import { certificateOrders } from './certificate-orders.ts';
import { cpuSeconds } from './cpu.ts';
import { load } from './http-load.ts';
import { rawIssuance } from './raw-issuance.ts';

const { PKCS11_MODULE = '', HSM_TOKEN = '', HSM_PIN_FILE = '', BENCH_DATABASE = '', BENCH_AUDIT = '' } = process.env;
const [rounds = 5, seed = 1] = process.argv.slice(2).map(Number);
const PER_ROUND = 1000;
const AT_ONCE = 16;
const GROUP = 50;

const hsm = openHsm({
  module: PKCS11_MODULE,
  tokenLabel: HSM_TOKEN,
  pin: readFileSync(HSM_PIN_FILE, 'utf8').trim(),
  sessions: AT_ONCE,
});
const [knex, audit] = [openDatabase(BENCH_DATABASE, { poolMax: AT_ONCE }), openDatabase(BENCH_AUDIT, { poolMax: 4 })];
const validationUrl = 'http://pki.aurelia.example';
const ca = (await embeddedCas({ knex, hsm, validationUrl })).get('main');
const signer = await hsm.signer('ca-main');
const auditSigner = await hsm.signer(auditKeyLabel);
if (!ca || !signer || !auditSigner) throw new Error('the token has no key of the CA');
const { subject, spki } = parseCertificate(await ca.certificate());
const raw = rawIssuance(BENCH_DATABASE, {
  signer,
  name: subject,
  keyIdentifier: keyIdentifier(spki),
  urls: validationUrls(validationUrl, 'main'),
});
await raw.prepare();
const orders = await certificateOrders(PER_ROUND, String(seed));

const relay = relayAndSeal({ operations: knex, audit, signer: auditSigner, log: pino({ level: 'silent' }) });

let batch = 0;
const issue = async () => {
  const prefix = `bench-${++batch}`;
  await load(PER_ROUND, AT_ONCE, async (n) => {
    const answer = await ca.submit(orders[n] as (typeof orders)[number], `${prefix}/${n}`);
    if (answer.state !== 'issued') throw new Error(answer.state);
    return 0;
  });
};
const modes = {
  bulk: () => load(PER_ROUND / GROUP, 2, async (n) => (await raw.bulk(orders.slice(n * GROUP, (n + 1) * GROUP)), 0)),
  raw: () => {
    const prefix = `bench-${++batch}`;
    return load(PER_ROUND, AT_ONCE, async (n) => (await raw.single(orders[n] as (typeof orders)[number], `${prefix}/${n}`), 0));
  },
  unaudited: async () => {
    await knex.raw('alter table ca_ledger disable trigger user');
    await issue().finally(() => knex.raw('alter table ca_ledger enable trigger user'));
  },
  audited: issue,
  sealed: async () => {
    const from = await lastEvent();
    let issuing = true;
    const relaying = (async () => {
      while (issuing) {
        if (!(await relay()).more) await new Promise((resolve) => setTimeout(resolve, 500));
      }
    })();
    await issue().finally(() => (issuing = false));
    await relaying;
    await drain();
    steady.push([from, await lastEvent()]);
  },
};
type Mode = keyof typeof modes;

/** Events that were relayed while they were made; those of the other rounds waited for the next one to begin. */
const steady: [from: number, to: number][] = [];
const lastEvent = async () => (await audit('audit_events').max<{ seq: number | null }[]>('seq as seq'))[0]?.seq ?? 0;

/** Relays and seals until nothing waits. */
async function drain(): Promise<void> {
  while ((await relay()).more);
}

const figures: Record<Mode, { cpuMs: number; nodeMs: number; rate: number }[]> = {
  bulk: [],
  raw: [],
  unaudited: [],
  audited: [],
  sealed: [],
};

async function measure(mode: Mode): Promise<void> {
  await drain();
  const database = await backendSeconds(knex);
  const node = process.cpuUsage();
  const started = performance.now();
  await modes[mode]();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(node);
  const after = await backendSeconds(knex);
  const server = [...after].reduce((sum, [pid, s]) => sum + s - (database.get(pid) ?? 0), 0);
  const nodeMs = (user + system) / 1000 / PER_ROUND;
  figures[mode].push({ cpuMs: nodeMs + (server * 1000) / PER_ROUND, nodeMs, rate: PER_ROUND / seconds });
}

/** CPU of the backends that work for this process. */
async function backendSeconds(operations: Knex): Promise<Map<number, number>> {
  const names = [BENCH_DATABASE, BENCH_AUDIT].map((url) => new URL(url).pathname.slice(1));
  const { rows } = await operations.raw<{ rows: { pid: number }[] }>('select pid from pg_stat_activity where datname = any(?)', [names]);
  return new Map(rows.map(({ pid }) => [pid, cpuSeconds([pid])]));
}

const order = Object.keys(modes) as Mode[];
for (const mode of order) {
  await drain();
  await modes[mode](); // warm
}
steady.length = 0;
for (let round = 0; round < rounds; round++) for (const mode of round % 2 === 0 ? order : order.toReversed()) await measure(mode);
await drain();

const lag = await audit.raw<{ rows: { p99: number }[] }>(
  `
  select percentile_disc(0.99) within group (order by extract(epoch from s.sealed_at - e.at) * 1000)::float8 as p99
  from audit_events e join lateral (select sealed_at from audit_seals where seq >= e.seq order by seq limit 1) s on true
  join unnest(?::bigint[], ?::bigint[]) as r (f, t) on e.seq > r.f and e.seq <= r.t`,
  [steady.map(([from]) => from), steady.map(([, to]) => to)],
);
const { rows: counted } = await knex.raw<{ rows: object[] }>(
  'select count(*)::int as certificates, count(distinct serial)::int as serials from ca_ledger where certificate is not null',
);
const key = new X509Certificate(await ca.certificate()).publicKey;
const issued = await knex('ca_ledger').whereNotNull('certificate').select<{ certificate: Buffer }[]>('certificate');
const valid = issued.filter(({ certificate }) => new X509Certificate(certificate).verify(key)).length;
const { rows: kept } = await audit.raw<{ rows: object[] }>(
  `select count(*)::int as events from audit_events where object_type = 'ca_ledger'`,
);
const before = { cpu: process.cpuUsage(), time: performance.now() };
const { ok, events: checked } = await verifyAudit(audit, knex, auditSigner.spki);
if (!ok) throw new Error('the audit trail does not verify');
const { user: checkingUser, system: checkingSystem } = process.cpuUsage(before.cpu);
const verification = {
  events: checked,
  perSecond: (checked * 1000) / (performance.now() - before.time),
  perNodeCpuSecond: (checked * 1e6) / (checkingUser + checkingSystem),
};
console.log(
  JSON.stringify({
    verification,
    figures,
    sealLagMs: lag.rows[0]?.p99,
    counted: { ...counted[0], ...kept[0], valid },
    rounds,
    perRound: PER_ROUND,
  }),
);
await Promise.all([raw.close(), knex.destroy(), audit.destroy()]);
await hsm.close();
