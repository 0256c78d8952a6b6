import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

type Cbor = number | string | Buffer | Map<number | string, Cbor>;

/** CBOR (RFC 8949) as far as authenticators write it. */
function cbor(value: Cbor): Buffer {
  const head = (major: number, n: number) =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, of]) => [cbor(key), cbor(of)])]);
}

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();
const b64 = (data: Buffer) => data.toString('base64url');

/** What a test may let the authenticator or the browser do wrongly. */
export interface Wrongly {
  origin?: string;
  rpId?: string;
  verified?: boolean;
  challenge?: string;
  counter?: number;
}

/** An authenticator in software with one P-256 key (WebAuthn 6.1, 6.5.4), attestation `none`: what a browser would hand over. */
export function softAuthenticator(origin: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  let counter = 0;

  const clientData = (type: string, challenge: string, wrongly: Wrongly) =>
    Buffer.from(JSON.stringify({ type, challenge: wrongly.challenge ?? challenge, origin: wrongly.origin ?? origin, crossOrigin: false }));
  const authenticatorData = (rpId: string, wrongly: Wrongly, credential = Buffer.alloc(0)) => {
    const flags = 0x01 | (wrongly.verified === false ? 0 : 0x04) | (credential.length > 0 ? 0x40 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(wrongly.counter ?? ++counter);
    return Buffer.concat([sha256(wrongly.rpId ?? rpId), Buffer.from([flags]), count, credential]);
  };

  return {
    create({ challenge, rp }: { challenge: string; rp: { id: string } }, wrongly: Wrongly = {}) {
      const [kty, alg, crv] = [2, -7, 1];
      const key = cbor(
        new Map<number, Cbor>([
          [1, kty],
          [3, alg],
          [-1, crv],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      );
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData(rp.id, wrongly, credential)],
      ]);
      return {
        id: b64(id),
        clientDataJSON: b64(clientData('webauthn.create', challenge, wrongly)),
        attestationObject: b64(cbor(attestation)),
        transports: ['internal'],
      };
    },

    get({ challenge, rpId }: { challenge: string; rpId: string }, wrongly: Wrongly = {}) {
      const client = clientData('webauthn.get', challenge, wrongly);
      const data = authenticatorData(rpId, wrongly);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      return { id: b64(id), clientDataJSON: b64(client), authenticatorData: b64(data), signature: b64(signature) };
    },
  };
}
