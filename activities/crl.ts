import type { CertificateAuthority } from '../connectors/ca/ca.ts';
import { failure } from '../domain/errors.ts';

export const crlActivities = ({ cas }: { cas: ReadonlyMap<string, CertificateAuthority> }) => ({
  /** Publishes a CRL if there is news, or if the last one is half through its life. */
  async publishCrl({ ca }: { ca: string }): Promise<{ number: number }> {
    const authority = cas.get(ca);
    if (!authority) throw failure('unavailable', `The CA ${ca} is not connected here.`);
    return { number: await authority.publish() };
  },
});
