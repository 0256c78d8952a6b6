import pg from 'pg';
import { v4 as uuid } from 'uuid';

/**
 * What shows other processes that this one lives: a connection of its own, whose advisory locks PostgreSQL drops with it, at once when the
 * process is killed.
 */
export interface Presence {
  /** The name under which this process is alive now; another one after its connection broke. */
  name(): Promise<string>;
  /** Takes what only one process may have. It has it as long as it keeps the name. */
  take(what: string): Promise<boolean>;
  /** Gives it to whoever takes it next. */
  give(what: string): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  client: pg.Client;
  name: string;
}

/** SQL: true while a process of this name (a text column or parameter) lives. */
export const isPresent = (name: string): string => `
  exists (select from pg_locks l, hashtextextended(${name}, 0) h
          where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database())
            and l.classid = ((h >> 32) & 4294967295)::oid and l.objid = (h & 4294967295)::oid and l.objsubid = 1 and l.granted)`;

/** A machine that is cut off is missed within half a minute, not after the two hours that TCP waits by itself. */
const keepalives = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4';

/** Connects when it is first asked, and again after the connection broke. */
export function openPresence(url: string): Presence {
  let session: Promise<Session> | undefined;
  const present = (): Promise<Session> => {
    if (session) return session;
    const opened = connect(url, () => void (session === opened && (session = undefined)));
    opened.catch(() => void (session === opened && (session = undefined)));
    return (session = opened);
  };
  return {
    name: async () => (await present()).name,
    take: async (what) => lock((await present()).client, what),
    async give(what) {
      await (await present()).client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [what]);
    },
    close: async () => void (await (await session?.catch(() => undefined))?.client.end()),
  };
}

async function connect(url: string, broken: () => void): Promise<Session> {
  const client = new pg.Client({ connectionString: url, application_name: 'smartcms-presence', keepAlive: true, options: keepalives });
  client.on('error', broken);
  client.on('end', broken);
  await client.connect();
  const name = uuid();
  await lock(client, name);
  return { client, name };
}

async function lock(client: pg.Client, what: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [what]);
  return rows[0]?.held === true;
}
