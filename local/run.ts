import { spawn, type SpawnOptions } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a finished command left. `code` is null when it could not be started or died of a signal. */
export interface Finished {
  code: number | null;
  output: string;
}

/** Runs a command to its end; stdout and stderr come together. `onLine` sees each line as it is written. Never rejects. */
export function run(file: string, args: string[], options: SpawnOptions & { onLine?: (line: string) => void } = {}): Promise<Finished> {
  const { onLine, ...spawnOptions } = options;
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        for (const line of text.split('\n')) if (line) onLine?.(line);
      });
    }
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** As `run`, but throws an error that carries the end of the output unless the command succeeds. */
export async function must(file: string, args: string[], options: Parameters<typeof run>[2] = {}): Promise<string> {
  const { code, output } = await run(file, args, options);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed (${code ?? 'not started'}):\n${lastLines(output, 12)}`);
  return output;
}

const LINE_LIMIT = 300;

/** The last lines of a text, each shortened, for error messages. */
export function lastLines(text: string, count: number): string {
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.map((line) => line.slice(0, LINE_LIMIT)).join('\n');
}

/** The full path of a program on the PATH, or undefined. */
export function which(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
