import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const workerParts = ['activities', 'connectors', 'db', 'domain', 'pki', 'workflows', 'worker', 'package.json', 'tsconfig.json'];

/** What a release changes: the text that is replaced, by file. */
export type Changes = Record<string, (source: string) => string>;

/** The next release of the worker: a copy of its source with changes, in a directory of its own. */
export function releaseCopy(changes: Changes): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'smartcms-release-'));
  for (const part of workerParts) cpSync(join(root, part), join(dir, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const [file, change] of Object.entries(changes)) {
    const before = readFileSync(join(dir, file), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`nothing was changed in ${file}`);
    writeFileSync(join(dir, file), after);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Under a name of its own: the file may import it already. */
const imported = (source: string) => `import { patched as isPatched } from '@temporalio/workflow';\n${source}`;

/** A release whose request and production take a further step, as docs/OPERATIONS.md says it is done: behind `patched`. */
export const guardedChange: Changes = {
  'workflows/request.ts': (source) =>
    imported(source).replace(
      /( *)(await main\.recordDecision\(\{ requestId, vote \}\);)/,
      `$1if (isPatched('read-before-decision')) await main.openRequest({ requestId });\n$1$2`,
    ),
  'workflows/device-production.ts': (source) =>
    imported(source).replace(
      '() => main.completeProduction({ productionId })',
      `async () => {
      if (isPatched('read-before-completion')) await main.openRequest({ requestId });
      await main.completeProduction({ productionId });
    }`,
    ),
};

/** The same step without the guard: a running request breaks. */
export const unguardedChange: Changes = {
  'workflows/request.ts': (source) =>
    source.replace(/( *)(await main\.recordDecision\(\{ requestId, vote \}\);)/, `$1await main.openRequest({ requestId });\n$1$2`),
};
