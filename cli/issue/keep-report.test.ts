import { expect, test } from 'vitest';

import { keepReport } from './keep-report.ts';

test('a report that finds the disk full or no folder says so in one sentence, and what to do', async () => {
  await expect(keepReport('/dev/full', 'line\n')).rejects.toThrow('cannot be written to /dev/full: the disk is full. Nothing is lost');
  await expect(keepReport('/nonexistent/report.csv', 'line\n')).rejects.toThrow('ENOENT');
});
