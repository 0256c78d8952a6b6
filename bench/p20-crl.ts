import { embeddedCa } from '../connectors/ca/embedded-ca.ts';
import { openDatabase } from '../db/database.ts';
import { caLedger } from '../db/stores/ca-ledger.ts';
import { memorySigner } from '../test/support/memory-signer.ts';
import { selfSignedCa } from '../pki/certificate.ts';
import { parseCrl } from '../pki/parse-crl.ts';
import type { Benchmark } from './benchmark.ts';
import { cpuSeconds, residentMb } from './cpu.ts';
import { median } from './http-load.ts';

/** A whole CRL of a CA with a million certificates, a tenth of them revoked: read, encoded, signed, kept. */
export const crl: Benchmark = {
  id: 'P20',
  title: 'CRL of 113,000 entries among 940,000 certificates: CPU of reading, building and keeping',
  unit: 'CPU-s',
  aim: { text: '≤ 0.5 (must: ≤ 3)', atMost: 0.5 },
  async run({ lab, rounds }) {
    const world = await lab.world(1_000_000);
    const { postgres } = await lab.pids();
    const knex = openDatabase(world.databaseUrl, { poolMax: 2, statementTimeoutMs: 0 });
    try {
      const { ca, entries } = await aCa(knex);
      const seconds: number[] = [];
      const before = residentMb(process.pid);
      for (let round = 0; round < rounds; round++) {
        await knex('cas').where({ code: 'main' }).increment('changes', 1);
        const start = cpuSeconds([process.pid, postgres]);
        await ca.publish();
        seconds.push(cpuSeconds([process.pid, postgres]) - start);
      }
      const count = await entries();
      return {
        value: median(seconds),
        raw: { seconds, entries: count, grownMb: residentMb(process.pid) - before },
        note: `${count} entries`,
      };
    } finally {
      await knex.destroy();
    }
  },
};

/** The CA of the world with a key in memory: one signature more or less is nothing here. */
async function aCa(knex: ReturnType<typeof openDatabase>) {
  const signer = memorySigner('P-256');
  const now = new Date(Math.floor(Date.now() / 1000) * 1000);
  const certificate = await selfSignedCa({
    ...{ signer, serial: '1234567890abcdef', subject: [['CN', 'Bench']], notBefore: now },
    notAfter: new Date(now.getTime() + 86_400_000),
  });
  const ledger = caLedger(knex);
  const urls = { crl: 'http://x.example/crl', ocsp: 'http://x.example/ocsp', caIssuers: 'http://x.example/ca' };
  const random = (length: number) => Promise.resolve(crypto.getRandomValues(Buffer.alloc(length)));
  const ca = embeddedCa({ code: 'main', certificate, signer, random, ledger, urls, clock: () => new Date() });
  const entries = async () => parseCrl((await ledger.latestCrl({ ca: 'main' }))?.der ?? Buffer.alloc(0)).entries.size;
  return { ca, entries };
}
