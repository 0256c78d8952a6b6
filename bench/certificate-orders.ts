import { createECDH, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

import type { CertificateOrder } from '../connectors/ca/ca.ts';
import { buildCsr } from '../pki/csr.ts';

const DAY = 86_400_000;

/** Orders of certificates for P-256 keys, each key and CSR its own, all following from the seed; made before a clock starts. */
export const certificateOrders = (count: number, seed: string): Promise<CertificateOrder[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => orderOf(`${seed}/${n}`)));

async function orderOf(seed: string): Promise<CertificateOrder> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return {
    csr: await csrOf(seed),
    subject: [
      ['C', 'IT'],
      ['CN', `Anna Rossi ${seed}`],
    ],
    subjectAltNames: { email: 'anna.rossi@aurelia.example' },
    profile: { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'], policies: [] },
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 30 * DAY),
  };
}

function csrOf(seed: string): Promise<Buffer> {
  const scalar = createHash('sha256').update(seed).digest();
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), scalar].map((bytes) => bytes.toString('base64url')) as [
    string,
    string,
    string,
  ];
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d }, format: 'jwk' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return buildCsr({ spec: 'P-256', spki, sign: (data) => Promise.resolve(sign('sha256', data, key)) }, [['CN', 'Card']]);
}
