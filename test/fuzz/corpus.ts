import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { issueCertificate } from '../../pki/certificate.ts';
import { buildCrl, encodeCrlEntry } from '../../pki/crl.ts';
import { buildCsr } from '../../pki/csr.ts';
import { constructed, integer, NULL, octetString, oid, sequence } from '../../pki/der.ts';
import { extension, extensionIds } from '../../pki/extensions.ts';
import { memorySigner } from '../support/memory-signer.ts';
import { testCa } from '../support/test-ca.ts';

/** Real objects to start from: ours and those that the openssl command makes of many kinds. */
export interface Corpus {
  csrs: Buffer[];
  certificates: Buffer[];
  crls: Buffer[];
  ocspRequests: Buffer[];
}

let made: Promise<Corpus> | undefined;

export const corpus = (): Promise<Corpus> => (made ??= makeCorpus());

async function makeCorpus(): Promise<Corpus> {
  const [own, others] = [await ownObjects(), opensslObjects()];
  return {
    csrs: [...own.csrs, ...others.csrs],
    certificates: [...own.certificates, ...others.certificates],
    crls: [...own.crls, ...others.crls],
    ocspRequests: [...own.ocspRequests, ...others.ocspRequests],
  };
}

async function ownObjects(): Promise<Corpus> {
  const ca = await testCa();
  const entries = (['certificateHold', 'unspecified', 'keyCompromise'] as const).map((reason, i) =>
    encodeCrlEntry({ serial: `0${i + 1}ab`, since: new Date(0), reason }),
  );
  const validity = { thisUpdate: new Date(0), nextUpdate: new Date(1e12) };
  const certId = sequence(
    sequence(oid('1.3.14.3.2.26'), NULL),
    octetString(Buffer.alloc(20, 1)),
    octetString(Buffer.alloc(20, 2)),
    integer(7),
  );
  const nonce = extension(extensionIds.ocspNonce, octetString(Buffer.alloc(16, 3)));
  return {
    csrs: [await buildCsr(memorySigner('P-256'), [['CN', 'Anna Rossi']]), await buildCsr(memorySigner('RSA-2048'), [['CN', 'Łucja']])],
    certificates: [ca.certificate.der, await issueCertificate(ca.plan())],
    crls: [await buildCrl({ signer: ca.signer, issuer: ca.certificate, number: 1, entries, ...validity })],
    ocspRequests: [sequence(sequence(sequence(sequence(certId), sequence(certId)), constructed(2, sequence(nonce))))],
  };
}

const names = [
  '/C=IT/O=Regione Aurelia/CN=Anna Rossi',
  '/DC=example/DC=aurelia/UID=arossi/CN=Ωmega ㍿',
  '/CN=a+SN=b/emailAddress=x@example.it',
];
const extensions = [
  'basicConstraints=critical,CA:TRUE,pathlen:3',
  'keyUsage=critical,keyCertSign,cRLSign,decipherOnly',
  'extendedKeyUsage=codeSigning,serverAuth,1.2.3.4',
  'subjectAltName=DNS:a.example,email:root@aurelia.example,IP:10.0.0.1,URI:http://x/,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@b',
  'certificatePolicies=2.5.29.32.0,1.3.6.1.4.1.99999.1',
  'nameConstraints=critical,permitted;DNS:.example',
  '1.2.3.4=critical,ASN1:UTF8String:anything',
];
const keys = [['rsa:2048'], ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'], ['ed25519']];

/** What another implementation makes of the same standards. */
function opensslObjects(): Corpus {
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-fuzz-'));
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(dir, name));
  const added = extensions.flatMap((one) => ['-addext', one]);
  const found: Corpus = { csrs: [], certificates: [], crls: [], ocspRequests: [] };
  try {
    keys.forEach((key, i) => {
      const named = ['-utf8', '-subj', names[i % names.length] ?? '', ...(i > 0 ? added : [])];
      run('req', '-new', '-newkey', ...key, '-nodes', '-keyout', 'k.pem', '-outform', 'DER', '-out', 'a.csr', ...named);
      run('req', '-x509', '-key', 'k.pem', '-days', '30', '-out', 'c.pem', ...named);
      run('x509', '-in', 'c.pem', '-outform', 'DER', '-out', 'c.der');
      found.csrs.push(read('a.csr'));
      found.certificates.push(read('c.der'));
    });
    run('ocsp', '-issuer', 'c.pem', '-cert', 'c.pem', '-serial', '0x1234567890abcdef', '-reqout', 'o.der');
    run('ocsp', '-sha256', '-issuer', 'c.pem', '-cert', 'c.pem', '-no_nonce', '-reqout', 'p.der');
    found.ocspRequests.push(read('o.der'), read('p.der'));
    found.crls.push(crl());
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return found;

  function crl(): Buffer {
    writeFileSync(
      join(dir, 'ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=n\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n',
    );
    writeFileSync(
      join(dir, 'index'),
      'R\t350101000000Z\t250101000000Z,keyCompromise\t0A01\tunknown\t/CN=a\nR\t350101000000Z\t250102000000Z\t0B\tunknown\t/CN=b\n',
    );
    writeFileSync(join(dir, 'n'), '0A\n');
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-out', 'c.pem', '-subj', '/CN=CA');
    run('ca', '-config', 'ca.cnf', '-gencrl', '-keyfile', 'k.pem', '-cert', 'c.pem', '-out', 'crl.pem');
    run('crl', '-in', 'crl.pem', '-outform', 'DER', '-out', 'crl.der');
    return read('crl.der');
  }
}
