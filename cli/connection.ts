import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { varDir } from '../local/paths.ts';
import type { Services } from '../local/services.ts';
import { exitStatus, UsageError } from './usage-error.ts';

/** Where smartCMS answers. `close` ends what was started for this command. */
export interface Connection {
  url: string;
  close(): Promise<void>;
}

/** `--url`, SMARTCMS_URL, the stack that runs on this checkout; else the embedded stack, started for the duration of the command. */
async function connect(given: string | undefined = process.env.SMARTCMS_URL): Promise<Connection> {
  const url = given ? addressOf(given) : runningStack();
  if (url) return { url, close: async () => undefined };
  const { startServices } = await import('../local/services.ts');
  process.stderr.write('No smartCMS runs here: starting the embedded one for this command.\n');
  const services = await startServices({ ui: false, say: (line) => process.stderr.write(`${line}\n`) });
  const release = failWith(services.processes);
  return {
    url: services.url,
    close: () => {
      release();
      return services.stop();
    },
  };
}

/** Ends the command, and by the watchdog its stack, when one of the processes dies under it: it would wait for that one for ever. */
function failWith(processes: Services['processes']): () => void {
  let watching = true;
  for (const child of Object.values(processes)) {
    void child.exited.then((code) => {
      if (!watching) return;
      process.stderr.write(`\n${child.name} ended by itself (${code ?? 'killed'}). Its last lines:\n${child.logTail()}\n`);
      process.exit(exitStatus.refused);
    });
  }
  return () => (watching = false);
}

function addressOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError('The address must be a URL such as http://127.0.0.1:8080.');
  return text.replace(/(\/api)?\/*$/, '');
}

/** The address that `npm start` left in its run file, if that process still lives. */
function runningStack(file = join(varDir, 'run/stack.json')): string | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; pid: number };
    process.kill(pid, 0);
    return url;
  } catch {
    return undefined;
  }
}

/** Runs a command's work on a connection and ends what was started for it, whatever happens. */
export async function withConnection<T>(url: string | undefined, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
