import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

import { startServices, type Services } from '../../local/services.ts';
import { makeStackDir } from '../support/stack-dir.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The running system under test: its addresses, its directory and the environment of its processes. */
    system: Pick<Services, 'url' | 'validationUrl' | 'mailUrl' | 'metrics'> & { dir: string; env: Record<string, string> };
  }
}

/** One whole system for the system tests, on free ports and in a directory of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = makeStackDir('system');
  // Every line goes also to the database, so that whoever looks for what must not be logged looks at all of it.
  process.env.LOG_DATABASE_LEVEL = 'debug';
  const services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 } });
  const { url, validationUrl, mailUrl, metrics } = services;
  const env = Object.fromEntries(Object.entries(services.env).filter((e): e is [string, string] => e[1] !== undefined));
  project.provide('system', { url, validationUrl, mailUrl, metrics, dir, env });
  return async () => {
    await services.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
