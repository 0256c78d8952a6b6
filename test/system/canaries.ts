import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value that was planted, so that it is found where it may not be. */
export interface Canary {
  kind: Kind;
  value: string;
}
export type Kind =
  'tax code' | 'document number' | 'e-mail address' | 'PIN' | 'PUK' | 'activation code' | 'reset link' | 'password' | 'session';

/** The file of what all tests planted, below the directory of the stack; itself no place of a search. */
export const canaryFile = 'canaries.jsonl';

export const keep = (dir: string, canary: Canary): void => appendFileSync(join(dir, canaryFile), `${JSON.stringify(canary)}\n`);

/** What a test saw beside the data it asked for (refusals, addresses in the browser): a file of the stack, searched as all others. */
export function keepSeen(dir: string, what: string, text: string): void {
  mkdirSync(join(dir, 'seen'), { recursive: true });
  appendFileSync(join(dir, 'seen', what), `${text}\n`);
}

export function plantedIn(dir: string): Canary[] {
  const file = join(dir, canaryFile);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Canary);
}

/** The secrets of the installation: name of the file and value. */
export const installationSecrets = (dir: string): { name: string; value: string }[] =>
  readdirSync(join(dir, 'secrets')).map((name) => ({ name, value: readFileSync(join(dir, 'secrets', name), 'utf8').trim() }));
