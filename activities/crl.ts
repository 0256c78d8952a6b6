import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { failure } from '../domain/errors.ts';
import { retrying } from './waiting.ts';

export const crlActivities = ({ cas }: { cas: ReadonlyMap<string, CertificateAuthority> }) => ({
  /** Publishes a CRL if there is news, or if the last one is half through its life. */
  async publishCrl({ ca }: { ca: string }): Promise<{ number: number }> {
    const authority = cas.get(ca);
    if (!authority) throw failure('unavailable', `The CA ${ca} is not connected here.`);
    // Nobody waits for it: the schedule and what is published say enough.
    const number = await retrying(
      () => authority.publish(),
      () => Promise.resolve(),
    );
    return { number };
  },
});
