import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { SOFTHSM } from '../hsm/test-token.ts';
import type { VirtualReader } from './card.ts';
import { openVirtualReader } from './virtual-reader.ts';

/** Cards in memory, for one test file. */
export function testCards() {
  const dir = mkdtempSync('/dev/shm/smartcms-cards-');
  const readers: VirtualReader[] = [];
  return {
    dir,
    counters: (serial: string) => join(dir, 'cards', serial, 'retry-counters.json'),
    async reader(name = 'test'): Promise<VirtualReader> {
      const reader = await openVirtualReader({ name, cardDir: join(dir, 'cards'), module: SOFTHSM, workDir: join(dir, 'work') });
      readers.push(reader);
      return reader;
    },
    async remove() {
      for (const reader of readers) await reader.pull();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
