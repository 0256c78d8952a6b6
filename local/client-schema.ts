import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

import { root } from './paths.ts';

export const schemaFile = join(root, 'ui/src/lib/api/schema.d.ts');

/** The types of the console's API client, made from api/openapi.json. */
export async function clientSchema(): Promise<string> {
  const document = JSON.parse(readFileSync(join(root, 'api/openapi.json'), 'utf8')) as Parameters<typeof openapiTS>[0];
  return COMMENT_HEADER + astToString(await openapiTS(document));
}

// After api/write-openapi.ts: node local/client-schema.ts
if (import.meta.main) writeFileSync(schemaFile, await clientSchema());
