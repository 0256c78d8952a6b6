import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'api-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pinFile = join(folder, 'pin');
writeFileSync(pinFile, '1234\n');

const env = {
  DATABASE_URL: 'postgres://u@127.0.0.1:5432/operations',
  AUDIT_DATABASE_URL: 'postgresql://u@127.0.0.1:5432/audit',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'smartcms',
  PKCS11_MODULE: '/usr/lib/softhsm/libsofthsm2.so',
  HSM_TOKEN: 'smartcms',
  HSM_PIN_FILE: pinFile,
  PUBLIC_URL: 'https://cms.example.it/',
  VALIDATION_URL: 'http://validation.example.it',
};

test('a whole environment is taken, with the PIN from its file', () => {
  expect(readConfig(env)).toMatchObject({
    HSM_PIN_FILE: '1234',
    PUBLIC_URL: 'https://cms.example.it',
    SMARTCMS_PROFILE: 'production',
    API_PORT: 8080,
  });
});

test('every value that is wrong is named at once', () => {
  const wrong = { ...env, DATABASE_URL: 'mysql://x', TEMPORAL_ADDRESS: 'nowhere', HSM_PIN_FILE: join(folder, 'none'), API_PORT: '70000' };
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'HSM_PIN_FILE', 'API_PORT']) expect(() => readConfig(wrong)).toThrow(name);
});

test.each([
  ['http://cms.example.it', false],
  ['http://127.0.0.1.example.it', false],
  ['http://localhost:8080', true],
  ['http://127.0.0.1:8080', true],
  ['http://[::1]:8080', true],
])('plain http is for loopback only: %s %s', (url, good) => {
  const read = () => readConfig({ ...env, PUBLIC_URL: url });
  if (good) expect(read()).toMatchObject({ PUBLIC_URL: url });
  else expect(read).toThrow('must be https');
});
