import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { processes, variables, type ProcessName, type VariableName } from '../domain/configuration/variables.ts';
import { root } from '../local/paths.ts';
import { composeServices } from './support/compose.ts';

const readers = (name: VariableName): string =>
  (Object.keys(processes) as ProcessName[]).filter((p) => (processes[p] as readonly string[]).includes(name)).join(', ');

/** The default of a variable, or that it must be given. */
function defaultOf(name: VariableName): string {
  const { success, data } = variables[name].schema.safeParse(undefined);
  return success ? (data === undefined ? '' : `\`${String(data)}\``) : '**must be set**';
}

const row = (name: VariableName): string => `| \`${name}\` | ${variables[name].meaning} | ${defaultOf(name)} | ${readers(name)} |`;

test('the page for operators names every variable as the schema has it', () => {
  const rows = (Object.keys(variables) as VariableName[]).map(row).join('\n');
  const page = readFileSync(join(root, 'docs/OPERATIONS.md'), 'utf8');
  const [, table] = /<!-- variables -->\n([^]*)<!-- \/variables -->/.exec(page) ?? [];
  expect(table?.trim()).toBe(`| variable | meaning | default | read by |\n|---|---|---|---|\n${rows}`);
});

test('what a service of docker-compose.yml sets is a variable that its process reads, and its secrets are files', () => {
  for (const name of ['api', 'worker', 'validation', 'prepare'] as const) {
    const read: readonly string[] = processes[name];
    for (const variable of Object.keys(composeServices[name]?.environment ?? {}).filter((v) => v !== 'NODE_EXTRA_CA_CERTS')) {
      const plain = variable.replace(/_FILE$/, '');
      expect(read, `${variable} of ${name}`).toContain(plain);
      if (variables[plain as VariableName].secret) expect(variable).toMatch(/_FILE$/);
    }
  }
});
