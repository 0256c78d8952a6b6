import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

import { openDatabase } from '../db/database.ts';
import { root } from '../local/paths.ts';
import { freePort } from '../local/ports.ts';
import { run } from '../local/run.ts';
import { integer, NULL, octetString, oid, sequence } from '../pki/der.ts';
import { keyHash } from '../pki/key-identifier.ts';
import { parseCertificate } from '../pki/parse-certificate.ts';
import type { Benchmark } from './benchmark.ts';
import { cpuSeconds } from './cpu.ts';
import { latenciesOf, load, median } from './http-load.ts';
import type { Lab } from './lab.ts';
import { createHash } from 'node:crypto';

const ANSWERS = 4000;

/** OCSP over HTTP, each question about another of a million certificates, each answer looked up and signed anew. */
export const ocsp: Benchmark = {
  id: 'P20-OCSP',
  title: 'OCSP answer among 940,000 certificates: CPU of responder and PostgreSQL ÷ of the signature alone',
  unit: '×',
  aim: { text: '≤ 1.2', atMost: 1.2 },
  async run({ lab, rounds }) {
    const { env } = await lab.services();
    const signature = Number((await run(process.execPath, [join(root, 'bench/signature-alone.ts')], { env })).output.trim());
    const responder = await startResponder(lab);
    try {
      const { postgres } = await lab.pids();
      const agent = new Agent({ keepAlive: true });
      const ask = (body: Buffer) => post(responder.url, body, agent);
      await load(500, 16, (n) => ask(responder.questions[n] as Buffer));
      const perAnswer: number[] = [];
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const before = cpuSeconds([responder.pid, postgres]);
        const started = performance.now();
        await load(ANSWERS, 16, async (n) => {
          const ms = await ask(responder.questions[n] as Buffer);
          times.push(ms);
          return ms;
        });
        perAnswer.push(((cpuSeconds([responder.pid, postgres]) - before) * 1000) / ANSWERS);
        times.push((performance.now() - started) / ANSWERS);
      }
      agent.destroy();
      const cost = median(perAnswer);
      const value = Math.round((cost / signature) * 100) / 100;
      const latencies = latenciesOf(times);
      return {
        value,
        raw: { signature, perAnswer, latencies },
        note: `${cost.toFixed(3)} CPU-ms, the signature ${signature.toFixed(3)}; p99 ${latencies.p99} ms with 16 at once`,
      };
    } finally {
      responder.stop();
    }
  },
};

async function startResponder(lab: Lab) {
  const world = await lab.world(1_000_000);
  const { env } = await lab.services();
  const port = await freePort(0);
  const child = spawn(process.execPath, [join(root, 'worker/validation.ts')], {
    env: { ...env, DATABASE_URL: world.databaseUrl, VALIDATION_PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const base = `http://127.0.0.1:${port}`;
  let ended = false;
  void once(child, 'exit').then(() => (ended = true));
  while (!(await fetch(`${base}/ca/main.crt`).catch(() => undefined))?.ok) {
    if (ended) throw new Error('the responder ended');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const ca = Buffer.from(await (await fetch(`${base}/ca/main.crt`)).arrayBuffer());
  return {
    url: `${base}/ocsp/main`,
    pid: child.pid ?? 0,
    questions: await questionsAbout(world.databaseUrl, ca),
    stop: () => child.kill('SIGKILL'),
  };
}

/** OCSPRequests (RFC 6960 4.1.1), each about another certificate. */
async function questionsAbout(url: string, ca: Buffer): Promise<Buffer[]> {
  const { subject, spki } = parseCertificate(ca);
  const hash = sequence(oid('1.3.14.3.2.26'), NULL);
  const issuer = [octetString(createHash('sha1').update(subject).digest()), octetString(keyHash(spki, 'sha1'))];
  const knex = openDatabase(url, { poolMax: 1, statementTimeoutMs: 0 });
  try {
    const serials = (await knex('ca_ledger').where({ ca: 'main' }).orderByRaw('md5(serial)').limit(ANSWERS).pluck('serial')) as string[];
    return serials.map((serial) => {
      const number = integer(Buffer.from(serial, 'hex'));
      return sequence(sequence(sequence(sequence(sequence(hash, ...issuer, number)))));
    });
  } finally {
    await knex.destroy();
  }
}

function post(url: string, body: Buffer, agent: Agent): Promise<number> {
  const started = performance.now();
  const headers = { 'content-type': 'application/ocsp-request', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => (length += chunk.length));
      response.on('end', () => {
        // A signed answer has hundreds of bytes, a refusal five.
        if (response.statusCode === 200 && length > 100) resolve(performance.now() - started);
        else reject(new Error(`OCSP: ${response.statusCode}, ${length} bytes`));
      });
    })
      .on('error', reject)
      .end(body);
  });
}
