import { ApiError, apiClient, type ApiClient } from './api-client.ts';
import type { Me } from './api-types.ts';
import { plain } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface SignIn {
  login: string;
  password: string;
}

/** A client of this person's. A wrong name or password is wrong use, never tried again. */
export async function signIn(url: string, { login, password }: SignIn): Promise<{ client: ApiClient; me: Me }> {
  const client = apiClient({ url, askCode });
  try {
    return { client, me: await client.signIn(login, password) };
  } catch (error) {
    if (error instanceof ApiError && error.status > 0 && error.status < 500)
      throw new UsageError(`${plain(login)} cannot sign in: ${error.message}`);
    throw error;
  }
}

/** The password from the environment, else asked for on the terminal without echo. Never an argument: those are seen by everybody on the machine. */
export async function passwordOf(login: string, variable: string): Promise<string> {
  const given = process.env[variable];
  if (given) return given;
  if (!process.stdin.isTTY) throw new UsageError(`Put the password of ${plain(login)} into ${variable}.`);
  return prompt(`Password of ${plain(login)}: `);
}

/** Never from the environment: a code is good for half a minute. */
async function askCode(login: string): Promise<string> {
  if (!process.stdin.isTTY) throw new UsageError(`${plain(login)} has a second factor: run this on a terminal, to be asked for the code.`);
  return prompt(`One-time code of ${plain(login)}: `);
}

async function prompt(question: string): Promise<string> {
  process.stderr.write(question);
  process.stdin.setRawMode(true).setEncoding('utf8').resume();
  try {
    return await typed(process.stdin);
  } finally {
    process.stdin.setRawMode(false).pause();
    process.stderr.write('\n');
  }
}

/** What is typed until Enter. Ctrl-C and Ctrl-D give up; Backspace takes one away. */
async function typed(input: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    for (const key of String(chunk)) {
      if (key === '\r' || key === '\n') return text;
      if (key === '\u0003' || key === '\u0004') throw new UsageError('No password was given.');
      text = key === '\u007f' || key === '\b' ? [...text].slice(0, -1).join('') : text + key;
    }
  }
  return text;
}
