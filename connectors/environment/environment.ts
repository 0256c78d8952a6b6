import { readFileSync, statSync } from 'node:fs';

import { readConfiguration, type Environment, type ReadFile } from '../../domain/configuration/read.ts';
import type { Config, ProcessName } from '../../domain/configuration/variables.ts';

const readFile: ReadFile = (path) => ({ text: readFileSync(path, 'utf8'), isPublic: (statSync(path).mode & 0o007) !== 0 });

/** The configuration of a process, read once when it starts. Throws a ConfigurationError that names all that is wrong. */
export const readEnvironment = <P extends ProcessName>(process: P, env: Environment): Config<P> =>
  readConfiguration(process, env, readFile);
