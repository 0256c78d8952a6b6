import type { Command } from 'commander';

const help = `
Reads the environment as each process does, names all that is wrong, and tries every part that it names: both databases, Temporal, the HSM (it signs in with
the PIN, once), the mail server, the addresses of console and validation, and looks for demonstration accounts. Values are printed without
what is secret in them. It starts nothing.

Exit status: 0 complete and everything answers, 1 not so, 2 wrong use.

Examples:
  smartcms config check
  env $(cat /etc/smartcms.env) smartcms config check --json`;

/** `smartcms config check`: is the environment complete, does every part answer? */
export function addConfig(program: Command): void {
  program
    .command('config')
    .description('The configuration.')
    .command('check')
    .description('Checks the environment and the reachability of each part.')
    .option('--json', 'print {ok, environment: [...], parts: [...]}')
    .addHelpText('after', help)
    .action(async (options: { json?: true }) => {
      // Loaded when needed: it brings drivers of every part along.
      const { checkConfiguration } = await import('../configuration.ts');
      process.exitCode = await checkConfiguration(options);
    });
}
