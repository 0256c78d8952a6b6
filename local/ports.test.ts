import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { freeLowPorts, freePort } from './ports.ts';

test('a preferred port is given when it is free, another when it is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await freePort(port)).not.toBe(port);
  await new Promise((resolve) => server.close(resolve));
  expect(await freePort(port)).toBe(port);
});

test('low ports are different from each other and fit a signed 16-bit column', async () => {
  const ports = await freeLowPorts(8);
  expect(new Set(ports).size).toBe(8);
  for (const port of ports) expect(port).toBeLessThan(32_768);
});
