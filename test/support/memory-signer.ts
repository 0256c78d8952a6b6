import { generateKeyPairSync, sign } from 'node:crypto';

import type { KeySpec, Signer } from '../../domain/signer.ts';

/** A private key in this process's memory, for tests only: products keep theirs in an HSM or on a card. */
export interface MemorySigner extends Signer {
  /** PKCS#8 PEM, for the openssl command. */
  readonly privateKeyPem: string;
}

const generate = {
  'RSA-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'RSA-3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
};

export function memorySigner(spec: KeySpec): MemorySigner {
  const { privateKey, publicKey } = generate[spec]();
  const hash = spec === 'P-384' ? 'sha384' : 'sha256';
  return {
    spec,
    spki: publicKey.export({ format: 'der', type: 'spki' }),
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    sign: (data) =>
      new Promise((resolve, reject) => sign(hash, data, privateKey, (error, signature) => (error ? reject(error) : resolve(signature)))),
  };
}
