import { Argument, type Command } from 'commander';

import { apiClient } from '../api-client.ts';
import type { KeyRotation, Meta } from '../api-types.ts';
import { withConnection } from '../connection.ts';
import { operatorOf } from '../operator.ts';
import { plain, safeJson } from '../terminal.ts';
import { exitStatus } from '../usage-error.ts';

interface Options {
  url?: string;
  as?: string;
  json?: true;
}

const help = `
payload    a new key for what Temporal stores about the processes
codes      a new key for PIN, PUK, activation codes and PIN mailers
wrapping   a new key in the HSM, and every data key put under it

Nothing stops for it, and what was encrypted before stays readable with the keys before. The change is audited. The password comes from
SMARTCMS_PASSWORD, or is asked for. A demonstration installation offers its system administrator when none is named.

Exit status: 0 done, 1 refused, 2 wrong use.

Examples:
  smartcms keys rotate payload
  smartcms keys rotate wrapping --as sa@aurelia.example --json`;

/** `smartcms keys rotate`: the next data key or wrapping key. */
export function addKeys(program: Command): void {
  program
    .command('keys')
    .description('The keys that data are encrypted with.')
    .command('rotate')
    .description('Makes the next key.')
    .addArgument(new Argument('<kind>', 'which key').choices(['payload', 'codes', 'wrapping']))
    .option('--as <login>', 'system administrator to sign in as')
    .option('--json', 'print JSON')
    .option('--url <address>', 'address of smartCMS')
    .addHelpText('after', help)
    .action(async (kind: KeyRotation['kind'], options: Options) => {
      process.exitCode = await rotate(kind, options);
    });
}

const rotate = (kind: KeyRotation['kind'], options: Options): Promise<number> =>
  withConnection(options.url, async ({ url }) => {
    const meta = await apiClient({ url }).get<Meta>('/meta');
    const { client } = await operatorOf({ url, meta, login: options.as, role: 'SA' });
    const made = await client.post<KeyRotation>('/keys/rotations', { kind });
    process.stdout.write(`${options.json ? safeJson(made) : printed(made)}\n`);
    return exitStatus.done;
  });

const printed = ({ kind, key, usableFrom }: KeyRotation): string =>
  kind === 'wrapping'
    ? `Every data key is now under the wrapping key ${plain(key)}. Keep the one before while you keep backups from before.`
    : `The next key for ${kind} is ${plain(key)}; it is used from ${usableFrom} on. The keys before stay readable.`;
