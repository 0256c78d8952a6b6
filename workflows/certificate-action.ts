import { ca as askCa } from './activities.ts';
import type { CertificateActionInput } from './certificate-action-messages.ts';

/**
 * One change of one certificate: carried out by its CA, confirmed, published in a CRL, and the holder told. The activity is asked again for
 * as long as the CA does not answer; the row says when next.
 */
export async function certificateAction({ actionId, ca }: CertificateActionInput): Promise<void> {
  await askCa(ca).carryOut({ actionId });
}
