import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * A free TCP port on the loopback interface: the preferred one when nobody has it, else a low one, which stays free for a server that is
 * started again. One that systems hand out by themselves can be taken by any outgoing connection meanwhile, even by that of a client which
 * tries to reach the dead server: TCP then connects it to itself.
 */
export async function freePort(preferred = 0): Promise<number> {
  const server = preferred === 0 ? undefined : await listen(preferred).catch(() => undefined);
  if (server) return release(server);
  const [port] = await freeLowPorts(1);
  return port as number;
}

const LOW = { from: 15_000, to: 32_000 };
const TRIES = 200;

/**
 * Several different free ports below those that systems hand out by themselves. Temporal needs such: it keeps its ports in a
 * 16-bit signed column, and refuses to start on one above 32767.
 */
export async function freeLowPorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  for (let tries = 0; held.length < count && tries < TRIES; tries++) {
    await listen(randomInt(LOW.from, LOW.to)).then(
      (server) => held.push(server),
      () => undefined,
    );
  }
  const ports = await Promise.all(held.map(release));
  if (ports.length < count) throw new Error(`No ${count} free ports between ${LOW.from} and ${LOW.to}.`);
  return ports;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function release(server: Server): Promise<number> {
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('not a TCP server');
  return new Promise((resolve) => server.close(() => resolve(address.port)));
}
