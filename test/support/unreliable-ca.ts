import type { CaAnswer, CertificateAuthority, CertificateOrder } from '../../connectors/ca/ca.ts';
import { buildCsr } from '../../pki/csr.ts';
import { memorySigner } from './memory-signer.ts';

type Submit = CertificateAuthority['submit'];

/** A fake: a real CA behind a bad line, or one that makes mistakes. What it truly issued is in the ledger of the real one. */
export interface UnreliableCa extends CertificateAuthority {
  /** What happens to orders from now on; undefined: what the real one does. */
  submits: Submit | undefined;
  /** True: no question arrives. */
  isDown: boolean;
  /** Questions that were put, also those that did not arrive. */
  asked: number;
}

export function unreliableCa(ca: CertificateAuthority): UnreliableCa {
  const asked = <T>(question: () => Promise<T>): Promise<T> => {
    fake.asked++;
    return fake.isDown ? Promise.reject(new Error('connect ECONNREFUSED')) : question();
  };
  const fake: UnreliableCa = {
    ...{ submits: undefined, isDown: false, asked: 0 },
    capabilities: ca.capabilities,
    certificate: () => ca.certificate(),
    submit: (order, ref) => asked(() => (fake.submits ? fake.submits(order, ref) : ca.submit(order, ref))),
    lookup: (ref) => asked(() => ca.lookup(ref)),
    revoke: (serial, reason) => asked(() => ca.revoke(serial, reason)),
    suspend: (serial) => asked(() => ca.suspend(serial)),
    reactivate: (serial) => asked(() => ca.reactivate(serial)),
    status: (serial) => asked(() => ca.status(serial)),
    publish: () => asked(() => ca.publish()),
  };
  return fake;
}

/** Issues, and the answer gets lost. */
export const losingAnswers =
  (ca: CertificateAuthority): Submit =>
  async (order, ref) => {
    await ca.submit(order, ref);
    throw new Error('socket hang up');
  };

/** Takes an order twice, at the same time. */
export const askedTwice =
  (ca: CertificateAuthority): Submit =>
  async (order, ref) =>
    (await Promise.all([ca.submit(order, ref), ca.submit(order, ref)]))[1];

/** Issues to the right name, for a key that is not the card's. */
export const mistakingTheKey =
  (ca: CertificateAuthority): Submit =>
  async (order: CertificateOrder, ref: string): Promise<CaAnswer> => {
    const csr = await buildCsr(memorySigner('P-256'), [['CN', 'Somebody']]);
    return ca.submit({ ...order, csr }, `${ref}/mistaken`);
  };
