import { createHash, type X509Certificate } from 'node:crypto';

import { accountStore, type SignInAccount } from '../../db/stores/accounts.ts';
import { recordEvents } from '../../db/transaction.ts';
import { system } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { Client } from '../client.ts';
import type { Services } from '../services.ts';

/** clientAuth (RFC 5280 4.2.1.12) and Microsoft's smart card logon. */
const signInUsages = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2'];

/**
 * The account that the client's certificate belongs to. Only a certificate that smartCMS itself had issued and holds byte for byte counts, so its chain
 * needs no second proof, and its state is ours to know: a card that was suspended or revoked signs nobody in from that moment on.
 */
export async function signInByCertificate({ attempts, db }: Services, client: Client): Promise<SignInAccount> {
  await attempts.spend('signInByAddress', client.address);
  const certificate = client.certificate();
  const account = certificate && isForSignIn(certificate) ? await accountOf(accountStore(db), certificate) : undefined;
  if (!account?.active) {
    const detail = { address: client.address, by: 'certificate' };
    await recordEvents(db, system, { kind: 'sign_in_failed', objectType: 'accounts', objectId: account?.id ?? 'unknown', detail });
    throw failure(
      'certificate_refused',
      'Insert the card you were given, active and not suspended, or sign in with user name and password.',
    );
  }
  await attempts.giveBack('signInByAddress', client.address);
  return account;
}

export function isForSignIn(certificate: X509Certificate, now = new Date()): boolean {
  const isInTime = certificate.validFromDate <= now && now < certificate.validToDate;
  return isInTime && !certificate.ca && (certificate.keyUsage ?? []).some((usage) => signInUsages.includes(usage));
}

/**
 * An operator with the tax code that the CA signed, else the holder of the card. The tax code is not read from the holder's record: whoever may correct
 * that record could make themselves an administrator.
 */
async function accountOf(accounts: ReturnType<typeof accountStore>, certificate: X509Certificate): Promise<SignInAccount | undefined> {
  const spkiSha256 = createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
  const holderId = await accounts.holderOfActiveCertificate({ der: certificate.raw, spkiSha256 });
  if (holderId === undefined) return undefined;
  const taxCode = /^serialNumber=TINIT-([A-Z0-9]{16})$/m.exec(certificate.subject)?.[1];
  const operators = taxCode === undefined ? [] : await accounts.findByOperatorTaxCode(taxCode);
  // Two operators with one tax code: nobody can tell which one stands there.
  return operators.length === 0 ? accounts.findByHolder(holderId) : operators.length === 1 ? operators[0] : undefined;
}
