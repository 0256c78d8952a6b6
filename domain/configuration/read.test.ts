import { expect, test } from 'vitest';

import { readConfiguration, type ConfigurationError, type Environment, type Problem, type ReadFile } from './read.ts';
import { redacted } from './redacted.ts';
import { processes, variables, type ProcessName } from './variables.ts';

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const files: Record<string, { text: string; isPublic?: true }> = {
  '/run/ca.pem': { text: pem, isPublic: true },
  '/run/cert.pem': { text: pem, isPublic: true },
  '/run/key.pem': { text: pem },
  '/run/public-key.pem': { text: pem, isPublic: true },
  '/run/pin': { text: '83619275\n' },
  '/run/public-pin': { text: '83619275', isPublic: true },
};
const readFile: ReadFile = (path) => {
  const file = files[path];
  if (!file) throw new Error('no such file');
  return { text: file.text, isPublic: file.isPublic === true };
};

const database = (rest = '?sslmode=verify-full&sslrootcert=/run/ca.pem', password = 'vu8Lq-02hW') =>
  `postgres://smartcms:${password}@db.example.it/smartcms${rest}`;
/** All that production wants, of every process. */
const good = {
  DATABASE_URL: database(),
  AUDIT_DATABASE_URL: database(),
  TEMPORAL_ADDRESS: 'temporal.example.it:7233',
  TEMPORAL_NAMESPACE: 'smartcms',
  TEMPORAL_TLS_CA_FILE: '/run/ca.pem',
  TEMPORAL_TLS_CERT_FILE: '/run/cert.pem',
  TEMPORAL_TLS_KEY_FILE: '/run/key.pem',
  PKCS11_MODULE: '/usr/lib/libhsm.so',
  HSM_TOKEN: 'smartcms',
  HSM_PIN_FILE: '/run/pin',
  PUBLIC_URL: 'https://cms.example.it/',
  VALIDATION_URL: 'http://pki.example.it',
  TLS_CERT_FILE: '/run/cert.pem',
  TLS_KEY_FILE: '/run/key.pem',
  SMTP_URL: 'smtp://cms:kR2-mm31xx@mail.example.it:587',
  MAIL_FROM: 'smartCMS <noreply@example.it>',
  CARD_DIR: '/var/lib/cards',
};
const names = Object.keys(processes) as ProcessName[];

/** What all processes together refuse, a problem once. */
function problems(changes: Environment): string[] {
  const found = names.flatMap((name): readonly Problem[] => {
    try {
      readConfiguration(name, { ...good, ...changes }, readFile);
      return [];
    } catch (error) {
      return (error as ConfigurationError).problems;
    }
  });
  return [...new Set(found.map(({ variable, message }) => `${variable}: ${message}`))];
}

test('a whole environment is taken, secrets from their files, what is not given by its default', () => {
  expect(problems({})).toEqual([]);
  expect(readConfiguration('api', good, readFile)).toMatchObject({
    HSM_PIN: '83619275',
    TLS_CERT: pem.trim(),
    PUBLIC_URL: 'https://cms.example.it',
    SMARTCMS_PROFILE: 'production',
    API_PORT: 8080,
  });
});

test('every value that is wrong is named at once', () => {
  const wrong = { DATABASE_URL: 'mysql://x', TEMPORAL_ADDRESS: 'nowhere', HSM_PIN_FILE: '/run/none', API_PORT: '70000', MAIL_FROM: '' };
  const found = problems(wrong).map((problem) => problem.split(':')[0]);
  expect(found.toSorted()).toEqual(['API_PORT', 'DATABASE_URL', 'HSM_PIN_FILE', 'MAIL_FROM', 'TEMPORAL_ADDRESS']);
});

/** What is right for a demonstration and refused in production. */
test.each<[string, Environment, string]>([
  ['plain http on loopback', { PUBLIC_URL: 'http://127.0.0.1:8080' }, 'PUBLIC_URL: must be https'],
  ['an API without certificate or proxy', { TLS_CERT_FILE: '', TLS_KEY_FILE: '' }, 'TLS_CERT: is not set'],
  ['a database without TLS', { DATABASE_URL: database('') }, 'DATABASE_URL: must end in ?sslmode=verify-full'],
  ['a database that is not verified', { AUDIT_DATABASE_URL: database('?sslmode=require') }, 'AUDIT_DATABASE_URL: must end in'],
  ['TLS that is switched off again', { DATABASE_URL: database('?sslmode=verify-full&sslmode=disable') }, 'DATABASE_URL: must end in'],
  [
    'a database CA that is not there',
    { DATABASE_URL: database('?sslmode=verify-full&sslrootcert=/run/none') },
    'DATABASE_URL: names the file',
  ],
  [
    'a host that ends in a bare %',
    { DATABASE_URL: 'postgres://smartcms:S3cr3t-word@127.%.0.:5432/smartcms' },
    'DATABASE_URL: must be a URL',
  ],
  ['a short database password', { DATABASE_URL: database(undefined, 'abc1234') }, 'DATABASE_URL: the password has fewer than 8'],
  ['no database password', { DATABASE_URL: database(undefined, '') }, 'DATABASE_URL: the password has fewer than 8'],
  ['a known database password', { DATABASE_URL: database(undefined, 'postgres') }, 'DATABASE_URL: the password is one that everybody'],
  ['the password of the demonstration', { DATABASE_URL: database(undefined, 'smartcms-demo') }, 'DATABASE_URL: the password is one'],
  ['Temporal without its CA', { TEMPORAL_TLS_CA_FILE: undefined }, 'TEMPORAL_TLS_CA: is not set'],
  ['a mail address that switches TLS off', { SMTP_URL: 'smtp://mail.example.it?requireTLS=false' }, 'SMTP_URL: must have nothing after ?'],
  ['a short mail password', { SMTP_URL: 'smtps://cms:secret@mail.example.it' }, 'SMTP_URL: the password has fewer than 8'],
  ['syslog without TLS', { LOG_SYSLOG_URL: 'syslog+tcp://log.example.it:514' }, 'LOG_SYSLOG_URL: must be syslog+tls'],
  ['the PIN of every SoftHSM', { HSM_PIN_FILE: undefined, HSM_PIN: '1234' }, 'HSM_PIN: the PIN has fewer than 8'],
  ['a PIN that everybody tries', { HSM_PIN_FILE: undefined, HSM_PIN: '12345678' }, 'HSM_PIN: the PIN is one that everybody tries first'],
  ['a PIN of one digit', { HSM_PIN_FILE: undefined, HSM_PIN: '00000000' }, 'HSM_PIN: the PIN is one that everybody tries first'],
  ['a PIN file that everybody may read', { HSM_PIN_FILE: '/run/public-pin' }, 'HSM_PIN_FILE: may be read by every user'],
  [
    'a database key that everybody may read',
    { DATABASE_URL: database('?sslmode=verify-full&sslcert=/run/cert.pem&sslkey=/run/public-key.pem') },
    'DATABASE_URL: names the file',
  ],
  ['a key file that everybody may read', { TLS_KEY_FILE: '/run/public-key.pem' }, 'TLS_KEY_FILE: may be read by every user'],
])('production refuses %s', (_, changes, said) => {
  expect(problems({ ...changes, SMARTCMS_PROFILE: 'demo' })).toEqual([]);
  expect(problems(changes)).toEqual([expect.stringContaining(said)]);
});

test('production wants both halves of our certificate for Temporal', () => {
  const found = problems({ TEMPORAL_TLS_CERT_FILE: '', TEMPORAL_TLS_KEY_FILE: '' }).map((problem) => problem.split(':')[0]);
  expect(found).toEqual(['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY']);
});

/** Refused in every profile. */
test.each<[string, Environment, string]>([
  ['plain http elsewhere than on loopback', { PUBLIC_URL: 'http://127.0.0.1.example.it' }, 'PUBLIC_URL: must be https'],
  ['a certificate without its key', { TLS_KEY_FILE: '' }, 'TLS_KEY: goes with TLS_CERT'],
  ['Temporal with a key but no certificate', { TEMPORAL_TLS_CERT_FILE: '' }, 'TEMPORAL_TLS_CERT: goes with TEMPORAL_TLS_KEY'],
  ['a secret given twice', { HSM_PIN: '83619275' }, 'HSM_PIN: is set twice'],
  ['logs to a file that is not named', { LOG_DESTINATIONS: 'file' }, 'LOG_FILE: must be set'],
  ['proxies that are no networks', { TRUSTED_PROXIES: '10.0.0.1, proxy' }, 'TRUSTED_PROXIES: must be networks'],
  ['a secret of no proxy', { PROXY_SECRET: 'x'.repeat(32) }, 'TRUSTED_PROXIES: must name the proxy'],
  ['a proxy secret one could guess', { TRUSTED_PROXIES: '10.0.0.0/8', PROXY_SECRET: 'secret' }, 'PROXY_SECRET: must have 32'],
  ['a card port that nobody is sent to', { CARD_SIGN_IN_PORT: '8443' }, 'CARD_SIGN_IN_URL: goes with CARD_SIGN_IN_PORT'],
  ['a card address where nobody asks', { CARD_SIGN_IN_URL: 'https://cms.example.it:8443' }, 'CARD_SIGN_IN_URL: goes with'],
  ['cards at another host', { CARD_SIGN_IN_URL: 'https://card.example.it', CARD_SIGN_IN_PORT: '8443' }, 'CARD_SIGN_IN_URL: must have'],
  ['a file that is no PEM', { TLS_CERT_FILE: '/run/pin' }, 'TLS_CERT: must be PEM'],
  ['a profile that there is not', { SMARTCMS_PROFILE: 'prod' }, 'SMARTCMS_PROFILE: must be demo, test or production'],
])('every profile refuses %s', (_, changes, said) => {
  expect(problems({ SMARTCMS_PROFILE: 'demo', ...changes }).join('\n')).toContain(said);
});

test.each<[string, Environment]>([
  ['a unix socket named by the host parameter', { DATABASE_URL: 'postgres:///smartcms?host=/var/run/postgresql' }],
  ['a unix socket in the place of the host', { DATABASE_URL: 'postgres://smartcms@%2Fvar%2Frun%2Fpostgresql/smartcms' }],
  [
    'a certificate in the place of a database password',
    { DATABASE_URL: database('?sslmode=verify-full&sslcert=/run/cert.pem&sslkey=/run/key.pem', '') },
  ],
  ['a TLS proxy in the place of a certificate', { TLS_CERT_FILE: '', TLS_KEY_FILE: '', TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8' }],
  ['mail without password', { SMTP_URL: 'smtps://mail.example.it' }],
])('production takes %s', (_, changes) => {
  expect(problems(changes)).toEqual([]);
});

test('no message and nothing that is shown holds a secret', () => {
  const secrets = {
    DATABASE_URL: database('', 'S3cr3t-x'),
    SMTP_URL: 'smtp://cms:S3cr3t@mail.example.it?a=b',
    HSM_PIN_FILE: undefined,
    HSM_PIN: 'S3cr3t',
  };
  expect(problems(secrets).length).toBe(3);
  expect(problems(secrets).join('\n')).not.toContain('S3cr3t');
  for (const name of names) {
    const shown = JSON.stringify(redacted(readConfiguration(name, { ...good, SMARTCMS_PROFILE: 'demo', ...secrets }, readFile)));
    expect(shown).toContain('smartcms');
    expect(shown).not.toContain('S3cr3t');
    expect(shown).not.toContain('BEGIN');
  }
});

test('every variable is read by some process', () => {
  expect(new Set(names.flatMap((name) => [...processes[name]]))).toEqual(new Set(Object.keys(variables)));
});
