import { constants } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** Serves https where there is a certificate, else plain http (loopback, or behind a TLS proxy). TLS 1.2 at least, by Node's default. */
export const webServer = (tls: { cert: string | undefined; key: string | undefined }, answer: RequestListener): Server =>
  tls.cert && tls.key
    ? createTlsServer({ keepAliveTimeout, cert: tls.cert, key: tls.key }, answer)
    : createServer({ keepAliveTimeout }, answer);

/** Milliseconds; told to clients in `Keep-Alive`. A process that stops waits as long for those that may send one more call. */
const keepAliveTimeout = 3_000;

/** Sends whoever comes by plain http to the same place below `publicUrl`: never to a host that the caller names. */
export const redirectServer = (publicUrl: string): Server => createServer((request, response) => redirect(publicUrl, request, response));

function redirect(publicUrl: string, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.startsWith('/') ? request.url : '/';
  response.writeHead(308, { location: `${publicUrl}${path}`, 'content-length': 0, connection: 'close' });
  response.end();
}

interface CardServer {
  tls: { cert: string; key: string };
  publicUrl: string;
  answer: RequestListener;
}

/**
 * Asks for the certificate of a card and does nothing but sign in. Whose certificate it is and whether it counts is decided where it is used, so any is
 * taken here. Each sign-in is a whole handshake on a connection of its own: a resumed one would prove that the card was there some time ago.
 */
export const cardServer = ({ tls, publicUrl, answer }: CardServer): Server =>
  createTlsServer(
    { ...tls, requestCert: true, rejectUnauthorized: false, secureOptions: constants.SSL_OP_NO_TICKET },
    (request, response) => {
      response.shouldKeepAlive = false;
      if (request.url?.split('?')[0] === '/api/session/certificate') answer(request, response);
      else redirect(publicUrl, request, response);
    },
  );
