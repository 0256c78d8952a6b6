import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { openApi } from './openapi.ts';
import { operations } from './routes/index.ts';

const file = fileURLToPath(new URL('openapi.json', import.meta.url));
await writeFile(file, await format(JSON.stringify(openApi(operations)), { ...(await resolveConfig(file)), filepath: file }));
