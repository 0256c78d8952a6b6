import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';

import { passwordOf } from '../sign-in.ts';
import { passwordAdvice, passwordProblem, shortestPassword } from '../../domain/password.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  email: string;
  givenName: string;
  familyName: string;
  unitCode: string;
  unitName: string;
  passwordFile?: string;
}

const help = `
For the first administrator of an installation, and for when nobody can sign in any more. It writes to the database of DATABASE_URL and is
recorded in the audit trail. The organisation is made when there is none. The password (at least ${shortestPassword} characters) comes from --password-file,
from SMARTCMS_PASSWORD, or is asked for.

Example:
  smartcms create-administrator --email rita.sala@example.it --given-name Rita --family-name Sala \\
    --unit-code EX --unit-name "Regione Esempio" --password-file /run/secrets/administrator-password`;

/** `smartcms create-administrator`: somebody who can sign in to an empty installation. */
export function addCreateAdministrator(program: Command): void {
  program
    .command('create-administrator')
    .description('Makes an operator who administers the whole organisation.')
    .requiredOption('--email <address>', 'what to sign in with', address)
    .requiredOption('--given-name <name>', 'given name')
    .requiredOption('--family-name <name>', 'family name')
    .requiredOption('--unit-code <code>', 'code of the organisation, where it is made')
    .requiredOption('--unit-name <name>', 'name of the organisation, where it is made')
    .option('--password-file <file>', 'file that holds the password')
    .addHelpText('after', help)
    .action(create);
}

async function create({ passwordFile, unitCode, unitName, ...person }: Options): Promise<void> {
  const password = passwordFile ? await fromFile(passwordFile) : await passwordOf(person.email, 'SMARTCMS_PASSWORD');
  const problem = passwordProblem(password, [person.email, person.givenName, person.familyName]);
  if (problem) throw new UsageError(`${passwordAdvice[problem]}.`);
  // Loaded when needed: it brings the database driver along.
  const { makeAdministrator } = await import('../administrator.ts');
  await makeAdministrator(process.env, { ...person, password, unit: { code: unitCode, name: unitName } });
  process.stdout.write(`${person.email} can sign in now.\n`);
}

function address(text: string): string {
  if (!z.email().safeParse(text).success) throw new UsageError('--email must be an e-mail address.');
  return text;
}

const fromFile = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`The password file cannot be read (${error.code ?? error.name}).`);
  });
  return text.trim();
};
