import { readFileSync } from 'node:fs';

import { benchmarks } from './benchmarks.ts';
import type { Result } from './benchmark.ts';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, Result | undefined>;

/** The benchmarks that are worse by more than a tenth in the second run, a line each. Only ratios travel between machines. */
export function compare(beforeFile: string, afterFile: string): string[] {
  const [before, after] = [read(beforeFile), read(afterFile)];
  return benchmarks.flatMap(({ id, aim }) => {
    const [was, is] = [before[id]?.value ?? null, after[id]?.value ?? null];
    if (was === null || is === null) return [];
    const change = aim.atLeast !== undefined ? was / is : is / was;
    return change > 1.1 ? [`${id}: ${was} → ${is}`] : [];
  });
}
