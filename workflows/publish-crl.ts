import { ca as askCa } from './activities.ts';

/** Renews the CRL of a CA well before its nextUpdate (RFC 5280 5.1.2.5), and publishes what a crash left unpublished. */
export async function publishCrl({ ca }: { v: 1; ca: string }): Promise<{ number: number }> {
  return askCa(ca).publishCrl({ ca });
}
