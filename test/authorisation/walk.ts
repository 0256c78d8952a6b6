import { z } from 'zod';

import type { AnyOperation } from '../../api/operation.ts';
import { operations } from '../../api/routes/index.ts';
import type { Permission } from '../../domain/permissions.ts';
import type { Caller } from './callers.ts';
import { cases } from './cases.ts';
import type { Answer, Outcome, Probe } from './probes.ts';
import type { World } from './world.ts';

/** What was asked, and what was answered wrongly. */
export interface Walked {
  cells: number;
  /** Operations that must have refused outright, once for each time. */
  forbidden: string[];
  wrong: string[];
}

export const everyOperation = Object.entries(operations) as [string, AnyOperation][];

interface Cell {
  name: string;
  o: AnyOperation;
  probe: Probe;
  want: Outcome;
}

/**
 * Asks every guarded operation as this caller about things in every place. First what reads; then what must be refused, after which nothing may have
 * changed; then what is allowed.
 */
export async function walk(world: World, caller: Caller): Promise<Walked> {
  await world.assume(caller.role, caller.visibility);
  const cells = (await Promise.all(everyOperation.map(([name, o]) => cellsOf(world, caller, { name, o })))).flat();
  const [reads, writes] = split(cells, ({ o }) => o.method === 'get');
  const [allowed, refused] = split(writes, ({ want }) => want === 'passes');
  const wrong = await asked(world, caller, reads);
  const before = await fingerprint(world);
  wrong.push(...(await asked(world, caller, refused)));
  if ((await fingerprint(world)) !== before) wrong.push(`${nameOf(caller)}: something changed although every call was refused`);
  wrong.push(...(await asked(world, caller, allowed)));
  return { cells: cells.length, forbidden: cells.filter(({ want }) => want === 'forbidden').map(({ name }) => name), wrong };
}

const split = <T>(all: T[], is: (one: T) => boolean): [T[], T[]] => [all.filter(is), all.filter((one) => !is(one))];

/** Whoever lacks the permission is asked once: where things are does not matter then. */
async function cellsOf(world: World, caller: Caller, operation: Pick<Cell, 'name' | 'o'>): Promise<Cell[]> {
  const declared = cases.get(operation.name);
  if (!declared || declared.about.kind === 'open') return [];
  const probes = declared.about.kind === 'own' ? [asOperator(world, declared.about.body)] : await declared.about.probes(world);
  const isForAll = declared.about.kind === 'guarded' && declared.about.ofEverybody === true;
  const can = caller.can(declared.permission as Permission) && (!isForAll || (caller.visibility === 'all' && caller.via === 'session'));
  if (!can) return probes.slice(0, 1).map((probe) => ({ ...operation, probe, want: 'forbidden' }));
  return probes.map((probe) => ({ ...operation, probe, want: probe.expect(caller) }));
}

const asOperator = (world: World, body: unknown): Probe => ({
  label: "a holder's own",
  params: { id: world.holder.own },
  body,
  expect: () => 'forbidden',
});

const nameOf = ({ role, visibility, via }: Caller) => `${role} ${visibility} by ${via}`;
const AT_ONCE = 8;

async function asked(world: World, caller: Caller, cells: Cell[]): Promise<string[]> {
  const wrong: string[] = [];
  const waiting = [...cells];
  const work = async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      const mistake = await mistakeIn(world, caller, cell);
      if (mistake) wrong.push(`${cell.name} for ${nameOf(caller)}, ${cell.probe.label}: ${mistake}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return wrong;
}

async function mistakeIn(world: World, caller: Caller, { o, probe, want }: Cell): Promise<string | undefined> {
  const headers = caller.via === 'session' ? { Cookie: world.me.session } : { Authorization: `Bearer ${world.me.key}` };
  const answer = await ask(world, o, { ...probe, headers, caller: want === 'passes' ? caller : undefined });
  if (want !== 'passes') return answer.code === want ? undefined : `${want} expected, got ${said(answer)}`;
  return passes(answer) ? probe.content?.(answer.body, caller) : `got ${said(answer)}`;
}

const said = ({ status, code }: Answer) => [status, code].filter(Boolean).join(' ');

/** A refusal for the state of a thing, or for who registered it, comes after access was given. */
export const passes = ({ status, code }: Answer): boolean =>
  status < 500 &&
  !['not_signed_in', 'forbidden', 'not_found', 'invalid_input', 'malformed_request', 'method_not_allowed'].includes(code ?? '');

type Asked = Pick<Probe, 'params' | 'query' | 'body' | 'stream'> & { headers: Record<string, string>; caller?: Caller | undefined };

/** The answer of an operation: of a list all its pages, of a stream the ids of the events until the one that is waited for. */
export async function ask(world: World, o: AnyOperation, asked: Asked): Promise<Answer> {
  const { params = {}, query = '', body = {}, headers } = asked;
  const path = o.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const aborter = new AbortController();
  const paged = o.query instanceof z.ZodObject && 'limit' in o.query.shape;
  const response = await fetch(`${world.api.url}/api${path}?${paged ? 'limit=200&' : ''}${query}`, {
    method: o.method.toUpperCase(),
    signal: aborter.signal,
    redirect: 'manual',
    headers: { ...headers, 'Content-Type': 'application/json', ...(o.edits && { 'If-Match': '"1"' }) },
    ...(o.method !== 'get' && { body: JSON.stringify(body) }),
  });
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
  const content = isJson ? ((await response.json()) as Content) : await eventsOf(response, asked);
  aborter.abort();
  if (!('next' in content) || !content.next) return { status: response.status, code: (content as Content).code, body: content };
  const following = new URLSearchParams(query);
  following.set('cursor', content.next);
  const rest = await ask(world, o, { params, query: following.toString(), headers });
  return { ...rest, body: { items: [...(content.items ?? []), ...((rest.body as Content).items ?? [])] } };
}

interface Content {
  code?: string;
  items?: unknown[];
  next?: string | null;
}

async function eventsOf(response: Response, { stream, caller }: Pick<Asked, 'stream' | 'caller'>): Promise<string[]> {
  if (!stream || !caller || !response.body) return [];
  await stream.begin(caller);
  const [ids, last] = [[] as string[], stream.until(caller)];
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (const [, data] of text.matchAll(/^data: (.*)\n/gm)) ids.push((JSON.parse(data ?? '{}') as { id: string }).id);
    text = text.slice(text.lastIndexOf('\n') + 1);
    if (ids.includes(last)) return ids;
  }
  return ids;
}

/** Of all that a refused call must leave as it was, in tables and of messages to processes; what records the refusal is not in it. */
async function fingerprint({ api }: World): Promise<string> {
  const db = api.database.operations;
  const aside = ['audit_outbox', 'sessions', 'api_key_uses', 'idempotency_keys', 'knex_migrations', 'knex_migrations_lock'];
  const tables = await db('pg_tables')
    .where({ schemaname: 'public' })
    .whereNotIn('tablename', aside)
    .orderBy('tablename')
    .pluck<string[]>('tablename');
  const sums = tables.map((t) => `(select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from ${t} t)`);
  const { rows } = await db.raw<{ rows: { sum: string }[] }>(`select concat_ws(',', ${sums.join(', ')}) as sum`);
  return `${rows[0]?.sum} ${api.temporal.sent.length}`;
}
