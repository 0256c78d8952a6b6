import type { Caller } from './callers.ts';
import { differs, guarded, type Case } from './probes.ts';
import type { Row } from './world.ts';

/** The stream of changes tells of exactly the rows that the lists show. */
export const eventsOfList: Case = guarded((world) => {
  const db = world.api.database.operations;
  const { requests, devices } = world.rows;
  const last = ({ via }: Caller) => requests.find((row) => row.mine && row.place === (via === 'session' ? 'here' : 'below'))?.id ?? '';
  const change = async (table: string, rows: Row[]) => {
    await db(table)
      .whereIn(
        'id',
        rows.map((row) => row.id),
      )
      .update({ search: db.raw('search') });
  };
  return [
    {
      label: 'changes of everything',
      expect: () => 'passes',
      content: (body, caller) => {
        const shown = [...requests, ...(caller.can('device.read') ? devices : [])].filter(caller.sees);
        return differs(
          [...new Set(body as string[])],
          shown.map((row) => row.id),
        );
      },
      stream: {
        begin: async (caller) => {
          const sentinel = last(caller);
          await change('devices', devices);
          await change(
            'requests',
            requests.filter((row) => row.id !== sentinel),
          );
          await change(
            'requests',
            requests.filter((row) => row.id === sentinel),
          );
        },
        until: last,
      },
    },
  ];
});
