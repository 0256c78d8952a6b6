import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that a running stack of this checkout keeps; `npm run reset` removes it. */
export const varDir = join(root, 'var');

/** Makes (when needed) and returns this user's cache of things that every checkout shares: built servers, unpacked packages. */
export function cacheDir(): string {
  const dir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'smartcms');
  mkdirSync(dir, { recursive: true });
  return dir;
}
