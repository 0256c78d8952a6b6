import type { Context } from 'koa';

/** What a handler may know of the caller's side, and the one thing it may change there: the session cookie. */
export interface Client {
  requestId: string;
  address: string;
  userAgent: string;
  session: { token: string | undefined; set(token: string): void; clear(): void };
}

/**
 * `__Host-` ties the cookie to this host, https and path `/` (RFC 6265bis 4.1.3.2). A browser takes such a cookie over https only, so plain http,
 * which the configuration allows on loopback alone, uses a bare name.
 */
export const cookieName = (publicUrl: string): string => (publicUrl.startsWith('https:') ? '__Host-sid' : 'sid');

const cookie = (publicUrl: string, token: string, more = '') =>
  `${cookieName(publicUrl)}=${token}; Path=/; HttpOnly; SameSite=Lax${publicUrl.startsWith('https:') ? '; Secure' : ''}${more}`;

export const clientOf = (ctx: Context, publicUrl: string): Client => ({
  requestId: String(ctx.state.requestId),
  address: ctx.ip,
  userAgent: ctx.get('User-Agent').slice(0, 200),
  session: {
    token: ctx.cookies.get(cookieName(publicUrl)),
    set: (token) => ctx.append('Set-Cookie', cookie(publicUrl, token)),
    clear: () => ctx.append('Set-Cookie', cookie(publicUrl, '', '; Max-Age=0')),
  },
});
