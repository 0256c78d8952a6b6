import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

/** All workflows of a worker share one sandbox (`reuseV8Context`): what one module kept, another request could read. */
test.each(files)('%s keeps nothing at module level', (name) => {
  const source = readFileSync(`${import.meta.dirname}/${name}`, 'utf8');
  expect(source).not.toMatch(/^(export )?(let|var) /m);
  expect(source).not.toMatch(/^(export )?const \w+[^=]*= (new (Map|Set|WeakMap|Array)|\[\]|\{\})/m);
});
