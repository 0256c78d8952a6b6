import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { clientSchema, schemaFile } from '../local/client-schema.ts';

test('the console is typed by the API as it is: run node local/client-schema.ts when this fails', async () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(await clientSchema());
});
