import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';

import type { Context } from 'koa';

import { isWithin } from '../client-address.ts';

/** Whom we believe that a client proved, in its TLS handshake, to hold the key of a certificate. */
export interface CertificateProxy {
  networks: readonly string[];
  /** What the proxy says in `X-Proxy-Secret`; absent: no proxy is believed. */
  secret: string | undefined;
}

/** The certificate of which the caller proved to hold the key: to us in the handshake of this connection (`cardServer`), or to our proxy. */
export const clientCertificate = (ctx: Context, proxy: CertificateProxy): X509Certificate | undefined =>
  (ctx.req.socket instanceof TLSSocket ? ctx.req.socket.getPeerX509Certificate() : undefined) ?? proxiedCertificate(ctx, proxy);

/**
 * The certificate that our TLS proxy saw, from `X-Client-Cert` (PEM, percent-encoded as nginx writes it). The header alone proves nothing: the
 * connection must come from the proxy and carry its secret, else anyone could present a certificate that they only read somewhere.
 */
function proxiedCertificate(ctx: Context, { networks, secret }: CertificateProxy): X509Certificate | undefined {
  if (!secret || !isWithin(ctx.req.socket.remoteAddress ?? '', networks) || !isEqual(ctx.get('X-Proxy-Secret'), secret)) return undefined;
  try {
    return new X509Certificate(decodeURIComponent(ctx.get('X-Client-Cert')));
  } catch {
    return undefined;
  }
}

/** In constant time, also where lengths differ. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digestOf(a), digestOf(b));

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
