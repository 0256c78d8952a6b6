import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** Serves https where there is a certificate, else plain http (loopback, or behind a TLS proxy). TLS 1.2 at least, by Node's default. */
export const webServer = (tls: { cert: string | undefined; key: string | undefined }, answer: RequestListener): Server =>
  tls.cert && tls.key ? createTlsServer({ cert: tls.cert, key: tls.key }, answer) : createServer(answer);

/** Sends whoever comes by plain http to the same place below `publicUrl`: never to a host that the caller names. */
export const redirectServer = (publicUrl: string): Server =>
  createServer((request, response) => {
    const path = request.url?.startsWith('/') ? request.url : '/';
    response.writeHead(308, { location: `${publicUrl}${path}`, 'content-length': 0, connection: 'close' });
    response.end();
  });
