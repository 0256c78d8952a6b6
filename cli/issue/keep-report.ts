import { writeFile } from 'node:fs/promises';

import { UsageError } from '../usage-error.ts';

/** Writes the report to a file. It was printed before, and the same command makes it again: rows that are done are skipped. */
export async function keepReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : code;
    throw new UsageError(`The report cannot be written to ${file}: ${why}. Nothing is lost: run the command again with another --report.`);
  }
}
