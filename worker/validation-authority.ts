import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { Logger } from 'pino';

import { withoutData } from '../connectors/log/without-data.ts';
import { ocspError } from '../pki/ocsp-response.ts';
import type { PublishedCa } from './published-ca.ts';
import type { ObserveValidation } from './validation-metrics.ts';

const maxOcspBytes = 16_384;

interface Answer {
  status: number;
  type: string;
  body: Buffer;
  /** Seconds that a cache may keep it. */
  maxAge?: number;
}

const notFound: Answer = { status: 404, type: 'text/plain', body: Buffer.from('Not found\n') };

/**
 * CRL, OCSP and CA certificate over plain HTTP, as certificates name them (RFC 5280 4.2.1.13, RFC 6960 appendix A): nothing here is secret and
 * everything is signed. No sign-in, and it changes nothing.
 */
export function validationAuthority(cas: ReadonlyMap<string, PublishedCa>, log: Logger, observe: ObserveValidation): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    const started = performance.now();
    answer(cas, request)
      .catch((error: unknown): Answer => {
        log.error({ error: withoutData(error) }, 'a validation request failed');
        return { status: 500, type: 'text/plain', body: Buffer.from('Internal error\n') };
      })
      .then((given) => {
        observe({ type: given.type, status: given.status, seconds: (performance.now() - started) / 1000 });
        send(response, given);
      })
      .catch(() => response.destroy());
  });
}

async function answer(cas: ReadonlyMap<string, PublishedCa>, request: IncomingMessage): Promise<Answer> {
  const [, kind, name = '', ...rest] = (request.url ?? '/').split(/[?#]/)[0]?.split('/') ?? [];
  const ca = cas.get(name.replace(/\.(crl|crt)$/, ''));
  if (!ca) return notFound;
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (kind === 'ca' && reading && name.endsWith('.crt'))
    return { status: 200, type: 'application/pkix-cert', body: ca.certificate, maxAge: 3600 };
  if (kind === 'crl' && reading && name.endsWith('.crl')) return crlAnswer(ca);
  if (kind === 'ocsp' && reading && rest.length > 0) return ocspAnswer(ca, inAddress(rest.join('/')));
  if (kind === 'ocsp' && request.method === 'POST') return ocspAnswer(ca, await bodyOf(request));
  return notFound;
}

async function crlAnswer(ca: PublishedCa): Promise<Answer> {
  const der = await ca.crl();
  return der ? { status: 200, type: 'application/pkix-crl', body: der, maxAge: 1 } : notFound;
}

async function ocspAnswer(ca: PublishedCa, asked: Buffer | undefined): Promise<Answer> {
  const body = asked ? await ca.ocsp(asked) : ocspError('malformedRequest');
  return { status: 200, type: 'application/ocsp-response', body };
}

/** RFC 6960 A.1: URL-encoded base64. Undefined when it is not. */
function inAddress(encoded: string): Buffer | undefined {
  try {
    return Buffer.from(decodeURIComponent(encoded), 'base64');
  } catch {
    return undefined;
  }
}

/** Undefined when it is longer than any honest request. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxOcspBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, type, body, maxAge }: Answer): void {
  const cache = maxAge === undefined ? 'no-store' : `public, max-age=${maxAge}`;
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': cache,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  response.end(body);
}
