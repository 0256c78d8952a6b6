import type { Command } from 'commander';

import { apiClient } from '../api-client.ts';
import type { Home, Meta } from '../api-types.ts';
import { withConnection } from '../connection.ts';
import { operatorOf } from '../operator.ts';
import { safeJson, table } from '../terminal.ts';
import { exitStatus } from '../usage-error.ts';

interface Options {
  url?: string;
  as?: string;
  json?: true;
}

const help = `
Shows what the operator sees: the services, the figures, and the requests that wait with what they wait for and since when. The password
comes from SMARTCMS_PASSWORD, or is asked for. A demonstration installation offers its delegated officer when none is named.

Exit status: 0 every service is well, 1 one is down, 2 wrong use.

Examples:
  smartcms status
  smartcms status --as do@aurelia.example --json`;

/** `smartcms status`: services, counts by state, what waits and since when. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('Shows services, counts by state, and what waits since when.')
    .option('--as <login>', 'operator to sign in as')
    .option('--json', 'print JSON')
    .option('--url <address>', 'address of smartCMS')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      process.exitCode = await status(options);
    });
}

const status = (options: Options): Promise<number> =>
  withConnection(options.url, async ({ url }) => {
    const meta = await apiClient({ url }).get<Meta>('/meta');
    const { client } = await operatorOf({ url, meta, login: options.as, role: 'DO' });
    const home = await client.get<Home>('/home');
    const { services, figures, waiting } = home;
    process.stdout.write(`${options.json ? safeJson({ url, services, figures, waiting }) : printed(url, home)}\n`);
    return services.some((s) => s.state === 'down') ? exitStatus.refused : exitStatus.done;
  });

const printed = (url: string, { services, figures, waiting }: Home): string =>
  [
    `smartCMS at ${url}`,
    `\nServices\n${table(services.map((s) => [`  ${s.name}`, s.state, s.detail]))}`,
    `\nCounts\n${table(Object.entries(figures).map(([name, value]) => [`  ${words(name)}`, String(value)]))}`,
    waiting.length === 0 ? '\nNothing waits.' : `\nWaiting\n${table(waiting.map(waitingLine))}`,
  ].join('\n');

const waitingLine = (w: Home['waiting'][number]): string[] => [
  `  ${w.number}`,
  w.holder,
  w.kind,
  w.problem ?? w.profile.en,
  w.since ? `since ${minutes(w.since)}` : '',
  w.dueAt ? `until ${minutes(w.dueAt)}` : '',
];

/** Local time to the minute, such as 2026-11-24 20:15. */
const minutes = (time: string): string => new Date(time).toLocaleString('sv-SE').slice(0, 16);

/** `pendingApproval` → `pending approval`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
