import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, expect, inject, test } from 'vitest';

import { activationCode } from '../../local/demo-mail.ts';
import { as, password, produced, reaches, somebody } from './people.ts';
import { person } from './client.ts';

/** What was planted, by name; found in a place where it may not be, it is a leak. */
const planted: Record<'pin' | 'code' | 'holder password' | 'tax code' | 'document number', string> = {
  pin: '83920174',
  code: '',
  'holder password': 'canary-yellow-in-a-coal-mine',
  'tax code': '',
  'document number': '',
};
const secrets = ['pin', 'code', 'holder password'] as const;

beforeAll(async () => {
  const holder = somebody();
  const request = await produced(holder);
  planted['tax code'] = holder.taxCode;
  planted['document number'] = holder.document.number;
  const officer = await as('do');
  await officer.bytes(`/devices/${request.device?.id}/pin-mailer`);
  await officer.post(`/requests/${request.id}/delivery`);
  planted.code = await activationCode({ mailUrl: inject('system').mailUrl, to: holder.email });
  const activation = { serial: request.deviceSerial, code: planted.code, pin: planted.pin, password: planted['holder password'] };
  await expect(person().post('/portal/activation', { ...activation, code: 'WRONGCODE2' })).rejects.toMatchObject({ code: 'code_wrong' });
  await person().post('/portal/activation', activation);
  await reaches(officer, request.id, 'closed');
  await expect(person().signIn('do@aurelia.example', `${planted['holder password']}x`)).rejects.toMatchObject({ status: 401 });
}, 60_000);

test('the search finds what is there', async () => {
  expect(await tablesWith(inject('system').env.DATABASE_URL ?? '', planted['tax code'])).toContain('public.holders');
});

test('no log has a secret or personal data', () => {
  const dir = join(inject('system').dir, 'log');
  const logs = readdirSync(dir).map((name) => ({ name, text: readFileSync(join(dir, name), 'latin1') }));
  expect(logs.length).toBeGreaterThan(3);
  for (const [what, value] of [...Object.entries(planted), ['session password', password]] as const) {
    expect(logs.filter((l) => l.text.includes(value)).map((l) => `${what} in ${l.name}`)).toEqual([]);
  }
});

test('the log in the database has lines, and none with a secret or personal data', async () => {
  const url = inject('system').env.DATABASE_URL ?? '';
  expect(await tablesWith(url, 'writeAndVerify')).toContain('public.log_entries');
  for (const value of [...Object.values(planted), password]) expect(await tablesWith(url, value)).not.toContain('public.log_entries');
});

test('no mail has a PIN or a password', () => {
  const dir = join(inject('system').dir, 'mail');
  const mails = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'latin1'));
  expect(mails.length).toBeGreaterThan(0);
  for (const what of ['pin', 'holder password'] as const) expect(mails.filter((m) => m.includes(planted[what]))).toEqual([]);
});

test.each(['DATABASE_URL', 'AUDIT_DATABASE_URL'])('no column of %s has a secret in clear', async (name) => {
  const url = inject('system').env[name] ?? '';
  for (const what of secrets) expect(await tablesWith(url, planted[what])).toEqual([]);
});

test('Temporal has neither secrets nor personal data in clear, in no table', async () => {
  const { env, dir } = inject('system');
  const url = new URL(env.DATABASE_URL ?? '');
  url.username = 'temporal';
  url.password = readFileSync(join(dir, 'secrets/temporal-password'), 'utf8').trim();
  for (const database of ['temporal', 'temporal_visibility']) {
    url.pathname = `/${database}`;
    for (const value of Object.values(planted)) expect(await tablesWith(url.href, value)).toEqual([]);
  }
});

/** The tables with a row whose text, or bytes, hold the value. */
async function tablesWith(url: string, value: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const hit = await client.query(`select from ${name} t where position($1 in t::text) > 0 or position($2 in t::text) > 0 limit 1`, [
        value,
        Buffer.from(value).toString('hex'),
      ]);
      if (hit.rowCount) found.push(name);
    }
    return found;
  } finally {
    await client.end();
  }
}
