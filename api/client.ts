import type { X509Certificate } from 'node:crypto';

import type { Context } from 'koa';

import { clientCertificate } from './auth/client-certificate.ts';
import type { Services } from './services.ts';

/** What a handler may know of the caller's side, and the one thing it may change there: the session cookie. */
export interface Client {
  requestId: string;
  address: string;
  userAgent: string;
  /** The certificate of which the caller proved to hold the key, if any. */
  certificate(): X509Certificate | undefined;
  session: { token: string | undefined; set(token: string): void; clear(): void };
}

/**
 * `__Host-` ties the cookie to this host, https and path `/` (RFC 6265bis 4.1.3.2). A browser takes such a cookie over https only, so plain http,
 * which the configuration allows on loopback alone, uses a bare name.
 */
export const cookieName = (publicUrl: string): string => (publicUrl.startsWith('https:') ? '__Host-sid' : 'sid');

const cookie = (publicUrl: string, token: string, more = '') =>
  `${cookieName(publicUrl)}=${token}; Path=/; HttpOnly; SameSite=Lax${publicUrl.startsWith('https:') ? '; Secure' : ''}${more}`;

export const clientOf = (ctx: Context, { settings: { publicUrl, trustedProxies }, proxySecret }: Services): Client => ({
  requestId: String(ctx.state.requestId),
  address: ctx.ip,
  userAgent: ctx.get('User-Agent').slice(0, 200),
  certificate: () => clientCertificate(ctx, { networks: trustedProxies, secret: proxySecret }),
  session: {
    token: ctx.cookies.get(cookieName(publicUrl)),
    set: (token) => ctx.append('Set-Cookie', cookie(publicUrl, token)),
    clear: () => ctx.append('Set-Cookie', cookie(publicUrl, '', '; Max-Age=0')),
  },
});
