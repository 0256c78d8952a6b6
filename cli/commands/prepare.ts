import type { Command } from 'commander';

const help = `
Run it once before the other processes of a release start; it is harmless at any time, also by two at once. It needs what
names both databases, Temporal and the HSM in the environment.

Example:
  smartcms prepare`;

/** `smartcms prepare`: databases and keys are what this release needs. */
export function addPrepare(program: Command): void {
  program
    .command('prepare')
    .description('Brings both databases to this release, and makes the roles, keys and the Temporal namespace that are missing.')
    .addHelpText('after', help)
    .action(async () => {
      // Loaded when needed: it brings the driver of the HSM along.
      const { prepare } = await import('../preparation.ts');
      await prepare(process.env);
    });
}
