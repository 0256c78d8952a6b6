import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';

const PAUSE_MS = 50;
const SQLITE_BUSY = 5;

/**
 * Runs `work` while no other process of this user on this machine does the same for `name`. PKCS#11 has no "create if absent": without
 * this, two processes that start together would both make the CA's key. The lock is that of an SQLite file, so the system releases it
 * when its owner dies. On several machines keys are made once, before the second one starts.
 */
export async function withCreationLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const file = new DatabaseSync(join(tmpdir(), `smartcms-${userInfo().username}-${digest}.lock`));
  try {
    while (!locked(file)) await delay(PAUSE_MS);
    return await work();
  } finally {
    file.close();
  }
}

function locked(file: DatabaseSync): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
