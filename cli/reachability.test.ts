import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { checkParts } from './reachability.ts';

let db: TestDatabase;
let mail: Server;
beforeAll(async () => {
  db = await createTestDatabase();
  mail = createServer();
  await new Promise<void>((done) => mail.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  mail.close();
  await db.drop();
});

const closed = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
};

test('each part is tried by its address; what fails is named by its variable, without the secret in it', async () => {
  const port = await closed();
  const parts = await checkParts({
    DATABASE_URL: db.operationsUrl,
    AUDIT_DATABASE_URL: `postgres://smartcms:s3cret@127.0.0.1:${port}/audit`,
    SMTP_URL: `smtp://127.0.0.1:${(mail.address() as AddressInfo).port}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    CARD_DIR: '/nowhere/cards',
  });
  const found = Object.fromEntries(parts.map(({ name, ok, detail }) => [name, ok ? 'ok' : detail]));
  expect(found).toEqual({
    'operations database': 'ok',
    'audit database': 'AUDIT_DATABASE_URL: no answer (ECONNREFUSED)',
    Temporal: 'TEMPORAL_ADDRESS is not set, or not right',
    HSM: 'PKCS11_MODULE is not set, or not right',
    mail: 'ok',
    validation: 'VALIDATION_URL is not set, or not right',
    'console and API': 'PUBLIC_URL: no answer (ECONNREFUSED)',
    'virtual cards': 'CARD_DIR: no answer (ENOENT)',
  });
  expect(JSON.stringify(parts)).not.toContain('s3cret');
});
