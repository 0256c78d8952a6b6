import { setTimeout as pause } from 'node:timers/promises';

import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';

import { unsealedSeconds, workFigures, type Waiting, type WorkFigures } from '../db/reads/work-figures.ts';

const keptMs = 15_000;
const patienceMs = 2_000;

interface Databases {
  operations: Knex;
  audit: Knex;
}

/** Gauges of what waits in the databases. They are read when somebody asks, at most every 15 seconds; while a database is away they are absent. */
export function workMetrics(registry: Registry, { operations, audit }: Databases): void {
  const work = kept(() => workFigures(operations));
  gauge(
    registry,
    'smartcms_audit_outbox_events',
    'Audit events that are not in the audit database yet (at most 10000 are counted).',
    async () => [[{}, (await work()).outbox.count]],
  );
  gauge(registry, 'smartcms_audit_outbox_age_seconds', 'Age of the oldest of them.', async () => [
    [{}, (await work()).outbox.oldestSeconds],
  ]);
  const unsealed = kept(() => unsealedSeconds(audit));
  gauge(registry, 'smartcms_audit_unsealed_age_seconds', 'Age of the oldest audit event that no seal covers yet.', async () => [
    [{}, await unsealed()],
  ]);
  waitingGauges(registry, { name: 'mail', help: 'Mails not sent, by state', label: 'state' }, async () => (await work()).mail);
  waitingGauges(
    registry,
    { name: 'certificate_actions', help: 'Suspensions, reactivations and revocations not confirmed or not published yet', label: 'kind' },
    async () => (await work()).certificateActions,
  );
  waitingGauges(registry, { name: 'productions', help: 'Productions that wait for an officer, by state', label: 'state' }, async () => ({
    stopped: (await work()).stoppedProductions,
  }));
  gauge(registry, 'smartcms_stock_devices', 'Blank devices in stock, by station.', async () => values('station', (await work()).stock));
  gauge(registry, 'smartcms_crl_age_seconds', 'Time since the published CRL was signed, by CA.', async () =>
    crlValues(await work(), 'ageSeconds'),
  );
  gauge(registry, 'smartcms_crl_valid_seconds', 'Time until the published CRL expires (nextUpdate), by CA.', async () =>
    crlValues(await work(), 'validSeconds'),
  );
}

type Values = [Record<string, string>, number][];

const values = (label: string, numbers: Record<string, number>): Values => Object.entries(numbers).map(([key, n]) => [{ [label]: key }, n]);

const crlValues = ({ crls }: WorkFigures, of: 'ageSeconds' | 'validSeconds'): Values =>
  values('ca', Object.fromEntries(Object.entries(crls).map(([ca, crl]) => [ca, crl[of]])));

interface WaitingKind {
  name: string;
  help: string;
  label: string;
}

function waitingGauges(registry: Registry, { name, help, label }: WaitingKind, read: () => Promise<Record<string, Waiting>>): void {
  const of = async (field: keyof Waiting) =>
    values(label, Object.fromEntries(Object.entries(await read()).map(([key, waiting]) => [key, waiting[field]])));
  gauge(registry, `smartcms_${name}_waiting`, `${help}.`, () => of('count'));
  gauge(registry, `smartcms_${name}_waiting_age_seconds`, `${help}: age of the oldest.`, () => of('oldestSeconds'));
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<Values>): void {
  const labelNames = ['state', 'kind', 'station', 'ca'];
  new Gauge({
    ...{ name, help, labelNames, registers: [registry] },
    async collect() {
      this.reset();
      for (const [labels, value] of await soon(read)) this.set(labels, value);
    },
  });
}

/** Nothing, when there is no answer soon: the other figures must not wait. */
async function soon(read: () => Promise<Values>): Promise<Values> {
  const given = new AbortController();
  const late = pause(patienceMs, [], { signal: given.signal, ref: false }).catch(() => []);
  const values = await Promise.race([read().catch(() => []), late]);
  given.abort();
  return values;
}

/** The answer is kept for a while after it came; a failure is not. */
function kept<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  let until = Infinity;
  return () => {
    if (last && performance.now() < until) return last;
    until = Infinity;
    last = read();
    last.then(
      () => (until = performance.now() + keptMs),
      () => (last = undefined),
    );
    return last;
  };
}
