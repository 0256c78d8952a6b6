import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

import { root } from '../../local/paths.ts';

interface Service {
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  volumes?: string[];
}

/** What a service of docker-compose.yml runs, here as a plain process. */
export interface ComposedService {
  command: string[];
  env: Record<string, string>;
  /** Its health check, where it has one. */
  healthcheck: string[];
}

const file = load(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as { services: Record<string, Service> };

export const composeServices = file.services;

/**
 * A service exactly as docker-compose.yml has it, but for `here`: what stands on the left (a variable of the file such as `${NAME`, a path in the
 * container, a host with its port) becomes what stands on the right.
 */
export function composed(name: string, here: readonly (readonly [string, string])[]): ComposedService {
  const { command, entrypoint, environment = {}, healthcheck, volumes = [] } = file.services[name] ?? {};
  const mounted = volumes.filter((v) => v.startsWith('./')).map((v) => v.split(':'));
  const files = mounted.map(([from = '', to = '']) => [to, join(root, from)] as const);
  const moved = (text: string) =>
    [...files, ...here].reduce(
      (t, [from, to]) => t.replaceAll(from, to),
      String(text)
        .replaceAll('$$', '$')
        .replaceAll(/:\?[^}]*\}/g, '}'),
    );
  return {
    command: (entrypoint ?? command ?? []).map(moved),
    env: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, moved(value)])),
    healthcheck: (healthcheck?.test ?? []).slice(1).map(moved),
  };
}
