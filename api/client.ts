import type { X509Certificate } from 'node:crypto';

import type { Context } from 'koa';

import { clientCertificate } from './auth/client-certificate.ts';
import type { Services } from './services.ts';

interface CookieSlot {
  token: string | undefined;
  set(token: string): void;
  clear(): void;
}

/** What a handler may know of the caller's side, and the one thing it may change there: its cookies. */
export interface Client {
  requestId: string;
  address: string;
  userAgent: string;
  /** The certificate of which the caller proved to hold the key, if any. */
  certificate(): X509Certificate | undefined;
  session: CookieSlot;
  /** Of a sign-in that waits for the second factor. */
  pending: CookieSlot;
  /** The state of a sign-in that leads through another site. */
  journey: CookieSlot;
}

/**
 * `__Host-` ties the cookie to this host, https and path `/` (RFC 6265bis 4.1.3.2). A browser takes such a cookie over https only, so plain http,
 * which the configuration allows on loopback alone, uses a bare name.
 */
export const cookieName = (publicUrl: string): string => (isSecure(publicUrl) ? '__Host-sid' : 'sid');

const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:');

const slot = (ctx: Context, publicUrl: string, { name, sameSite }: { name: string; sameSite: 'Lax' | 'Strict' }): CookieSlot => {
  const set = (token: string, more = '') =>
    ctx.append('Set-Cookie', `${name}=${token}; Path=/; HttpOnly; SameSite=${sameSite}${isSecure(publicUrl) ? '; Secure' : ''}${more}`);
  return { token: ctx.cookies.get(name), set: (token) => set(token), clear: () => set('', '; Max-Age=0') };
};

export const clientOf = (ctx: Context, { settings: { publicUrl, trustedProxies }, proxySecret }: Services): Client => ({
  requestId: String(ctx.state.requestId),
  address: ctx.ip,
  userAgent: ctx.get('User-Agent').slice(0, 200),
  certificate: () => clientCertificate(ctx, { networks: trustedProxies, secret: proxySecret }),
  session: slot(ctx, publicUrl, { name: cookieName(publicUrl), sameSite: 'Lax' }),
  pending: slot(ctx, publicUrl, { name: isSecure(publicUrl) ? '__Host-pending' : 'pending', sameSite: 'Strict' }),
  // Lax, so that it comes along when the other site sends the browser back.
  journey: slot(ctx, publicUrl, { name: isSecure(publicUrl) ? '__Host-journey' : 'journey', sameSite: 'Lax' }),
});
