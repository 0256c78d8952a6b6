import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir } from '../../local/paths.ts';
import { lastLines, run } from '../../local/run.ts';

const WHEEL = 'schemathesis==4.32.5';

/** How schemathesis is called: its program, and the environment in which Python finds it. */
export interface Schemathesis {
  file: string;
  env: NodeJS.ProcessEnv;
}

/** Schemathesis from the Python package index, kept in this user's cache. */
export async function schemathesis(): Promise<Schemathesis> {
  const target = join(cacheDir(), WHEEL);
  const file = join(target, 'bin/schemathesis');
  if (!existsSync(file)) {
    mkdirSync(target, { recursive: true });
    const { code, output } = await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, WHEEL]);
    if (code !== 0) throw new Error(`Schemathesis could not be fetched (pip install ${WHEEL}):\n${lastLines(output, 5)}`);
  }
  return { file, env: { ...process.env, PYTHONPATH: target } };
}
