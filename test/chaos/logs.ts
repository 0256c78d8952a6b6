import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The logs below the directory in which one of the secrets stands alone (not inside a longer number or word). */
export function leaks(dir: string, secrets: readonly string[]): string[] {
  const any = new RegExp(`(?<![A-Za-z0-9])(${secrets.map((s) => s.replace(/[^\w ]/g, '\\$&')).join('|')})(?![A-Za-z0-9])`);
  return readdirSync(join(dir, 'log')).flatMap((name) => {
    const found = any.exec(readFileSync(join(dir, 'log', name), 'latin1'));
    return found ? [`log/${name} has ${found[0]}`] : [];
  });
}
