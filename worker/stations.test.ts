import { expect, test } from 'vitest';

import type { Presence } from '../db/presence.ts';
import { serveStations } from './stations.ts';

/** Presences of one database, of which a test breaks the connection. */
function memoryPresences() {
  const owners = new Map<string, string>();
  let names = 0;
  return () => {
    let name = `process ${names++}`;
    const presence: Presence = {
      name: () => Promise.resolve(name),
      take: (what) => Promise.resolve((owners.get(what) ?? (owners.set(what, name), name)) === name),
      give: (what) => Promise.resolve(void owners.delete(what)),
      close: () => Promise.resolve(),
    };
    const breaks = () => {
      for (const [what, owner] of owners) if (owner === name) owners.delete(what);
      name = `process ${names++}`;
    };
    return { presence, breaks };
  };
}

function process(presence: Presence) {
  const served = new Set<string>();
  const round = serveStations({
    presence,
    stations: () => Promise.resolve(['a', 'b']),
    begin: (id) => Promise.resolve(void served.add(id)),
    end: (id) => Promise.resolve(void served.delete(id)),
  });
  return { served, round };
}

test('a station is served by one process, and by the next when that one lost its connection', async () => {
  const another = memoryPresences();
  const [connection, other] = [another(), another()];
  const [first, second] = [process(connection.presence), process(other.presence)];
  for (const { round } of [first, second, first]) await round();
  expect([[...first.served], [...second.served]]).toEqual([['a', 'b'], []]);
  connection.breaks();
  await second.round();
  await first.round();
  expect([[...first.served], [...second.served]]).toEqual([[], ['a', 'b']]);
});

test('who loses the connection and is the first again goes on without a pause', async () => {
  const { presence, breaks } = memoryPresences()();
  const ended: string[] = [];
  const begun: string[] = [];
  const round = serveStations({
    presence,
    stations: () => Promise.resolve(['a']),
    begin: (id) => Promise.resolve(void begun.push(id)),
    end: (id) => Promise.resolve(void ended.push(id)),
  });
  await round();
  breaks();
  await round();
  await round();
  expect([begun, ended]).toEqual([['a'], []]);
});
