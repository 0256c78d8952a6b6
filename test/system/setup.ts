import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

import { startServices, type Services } from '../../local/services.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { inDatabases, inFiles, leaksIn, wanted } from './leaks.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The running system under test: its addresses, its directory and the environment of its processes. */
    system: Pick<Services, 'url' | 'validationUrl' | 'mailUrl' | 'metrics'> & { dir: string; env: Record<string, string> };
  }
}

/** One whole system for the system tests, on free ports and in a directory of its own. At the end it is searched for what the tests planted. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = makeStackDir('system');
  // Every line goes also to the database, so that whoever looks for what must not be logged looks at all of it.
  process.env.LOG_DATABASE_LEVEL = 'debug';
  const services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 } });
  const { url, validationUrl, mailUrl, metrics } = services;
  const env = Object.fromEntries(Object.entries(services.env).filter((e): e is [string, string] => e[1] !== undefined));
  project.provide('system', { url, validationUrl, mailUrl, metrics, dir, env });
  return async () => {
    // Also a search that does not come to its end fails the run, though all tests passed.
    const before = process.exitCode;
    process.exitCode = 1;
    try {
      await assertNoLeaks({ dir, env, stop: () => services.stop() });
      process.exitCode = before;
    } finally {
      await services.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

/** Searches what all tests planted: the tables while PostgreSQL runs, the files when nobody writes any more. */
async function assertNoLeaks({ dir, env, stop }: { dir: string; env: NodeJS.ProcessEnv; stop: () => Promise<void> }): Promise<void> {
  const values = await wanted({ dir, env });
  const inTables = await inDatabases({ dir, env }, values);
  await stop();
  const leaks = leaksIn([...inTables, ...inFiles(dir, values)]);
  if (leaks.length) throw new Error(`Secrets or personal data where they may not be:\n${leaks.join('\n')}`);
}
