import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const fileIn = (dir: string): string => join(dir, 'run/owner.json');

/** The process that runs the stack of this directory now, if one does. */
export function ownerOf(dir: string): ProcessIdentity | undefined {
  try {
    const owner = JSON.parse(readFileSync(fileIn(dir), 'utf8')) as ProcessIdentity;
    return isAlive(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Makes this process the owner of the stack; throws when another one, still alive, is. */
export function becomeOwner(dir: string): void {
  const owner = ownerOf(dir);
  if (owner) throw new Error(`smartCMS already runs here (process ${owner.pid}). Stop that one first: Ctrl-C there, or kill ${owner.pid}.`);
  const me = identify(process.pid);
  mkdirSync(join(dir, 'run'), { recursive: true });
  const draft = `${fileIn(dir)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(me));
  renameSync(draft, fileIn(dir));
}

export const resignOwner = (dir: string): void => rmSync(fileIn(dir), { force: true });
