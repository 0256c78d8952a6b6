import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { openssl, type OpenSsl } from '../../test/support/openssl.ts';
import { read, verdicts } from './verdicts.ts';

const config = `
[ca]
default_ca = main
[main]
database = index.txt
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
rand_serial = yes
default_md = sha256
default_days = 30
default_crl_days = 1
policy = any
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
`;

/** A CA made with openssl, with one certificate for each name; those that start with `revoked` are in its CRL. */
async function madeByOpenssl(ca: OpenSsl, names: string[]): Promise<Map<string, string>> {
  await ca.write('ca.cnf', config);
  await ca.write('index.txt', '');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', 'ca.cnf'];
  await ca('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-extensions', 'root');
  const certificates = new Map<string, string>();
  for (const name of names) {
    await ca('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    await ca('ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-out', `${name}.pem`);
    if (name.startsWith('revoked')) await ca('ca', '-config', 'ca.cnf', '-revoke', `${name}.pem`);
    certificates.set(name, (await ca.read(`${name}.pem`)).toString());
  }
  await ca('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'crl.pem');
  await ca('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca.der');
  await ca('crl', '-in', 'crl.pem', '-outform', 'DER', '-out', 'crl.der');
  return certificates;
}

async function publish(files: Record<string, Buffer>): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const body = files[url];
    response.writeHead(body ? 200 : 404).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('openssl says which chains hold and which certificates the CRL revokes', async () => {
  const ca = await openssl();
  const certificates = await madeByOpenssl(ca, ['good-1', 'revoked-1', 'good-2']);
  const stranger = await openssl();
  certificates.set('stranger', (await madeByOpenssl(stranger, ['other'])).get('other') ?? '');
  const validationUrl = await publish({ '/ca/main.crt': await ca.read('ca.der'), '/crl/main.crl': await ca.read('crl.der') });
  const found = await verdicts({ validationUrl, certificates });
  expect(found.get('good-1')).toEqual({ chain: 'OK', crl: 'OK' });
  expect(found.get('good-2')).toEqual({ chain: 'OK', crl: 'OK' });
  expect(found.get('revoked-1')).toEqual({ chain: 'OK', crl: 'certificate revoked' });
  expect(found.get('stranger')?.chain).not.toBe('OK');
});

test('what is not published is told in one sentence', async () => {
  const validationUrl = await publish({});
  await expect(verdicts({ validationUrl, certificates: new Map([['a', 'x']]) })).rejects.toThrow(/ca\/main.crt cannot be fetched \(404\)/);
});

test('a file that openssl cannot read has a reason too', () => {
  const output = 'error /tmp/x/a.cert: verification failed\n/tmp/x/b.cert: OK\nUnable to load certificate file\n';
  expect([...read(output)]).toEqual([
    ['a', 'verification failed'],
    ['b', 'OK'],
  ]);
});
