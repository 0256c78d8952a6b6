import type { Context, Middleware, Next } from 'koa';
import helmet from 'koa-helmet';

import { failure } from '../domain/errors.ts';
import { bearerOf } from './auth/api-key.ts';

/**
 * Headers of every answer. No inline script but those the console's page was built with, named by hash; inline style attributes cannot run
 * code and are allowed. `upgrade-insecure-requests` would break the assets of a plain http page.
 */
export const securityHeaders = (publicUrl: string, scriptHashes: readonly string[]): Middleware => {
  const https = publicUrl.startsWith('https:');
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...scriptHashes.map((hash) => `'sha256-${hash}'`)],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        // The PIN mailer is shown and printed from memory: it exists once and has no address.
        frameSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: https,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  return async (ctx, next) => {
    ctx.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    await headers(ctx, next);
  };
};

/**
 * Refuses what another site makes a browser send: Fetch Metadata where there is some, else Origin. A client that is no browser sends neither
 * and carries no cookie by itself. Neither does an API key come by itself: another site would have to know it.
 */
export async function refuseCrossSite(ctx: Context, next: Next): Promise<void> {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(ctx.method) && !takesForms(ctx.path) && bearerOf(ctx) === undefined && isCrossSite(ctx)) {
    throw failure('cross_site', 'Open the console at its own address and try again.');
  }
  await next();
}

/** The one address where a form of another site is welcome: a SAML provider sends its answer there, and it signs nobody in by itself. */
export const takesForms = (path: string): boolean => /^\/api\/session\/sources\/[0-9a-f-]{36}\/callback$/.test(path);

function isCrossSite(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '') return site !== 'same-origin' && site !== 'none';
  const origin = ctx.get('Origin');
  return origin !== '' && (!URL.canParse(origin) || new URL(origin).host !== ctx.host);
}
