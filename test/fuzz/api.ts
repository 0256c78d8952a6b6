// The API, driven by its own document and schemathesis, as each role and with an API key: npm run test:api-fuzz [-- --seed 7 --examples 50 --only ro,ao]
import { randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { keyPermissions } from '../../domain/api-key.ts';
import { run } from '../../local/run.ts';
import { startServices } from '../../local/services.ts';
import { makeStackDir } from '../support/stack-dir.ts';
import { schemathesis } from './schemathesis.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, examples: { type: 'string' }, only: { type: 'string' } } });
const seed = values.seed ?? String(randomInt(2 ** 31));
const examples = values.examples ?? '50';
const roles = values.only?.split(',') ?? ['nobody', 'ro', 'do', 'bo', 'sa', 'hd', 'ao', 'key'];
const password = 'smartcms-demo';

/**
 * All but `positive_data_acceptance`: rules over several fields and over rows are in no schema, so right data may well be refused. Streams do not
 * end, and who signs out ends the session of all other calls.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
];

const dir = makeStackDir('api-fuzz');
const { file, env } = await schemathesis();
const services = await startServices({ dir, profile: 'test', ports: { api: 0, validation: 0, mail: 0 }, ui: false, say: console.log });
console.log(`seed ${seed}, ${examples} examples an operation and phase, as ${roles.join(', ')}`);
try {
  for (const role of roles) if (!(await fuzzAs(role))) process.exitCode = 1;
} finally {
  await services.stop();
  rmSync(dir, { recursive: true, force: true });
}
console.log(process.exitCode ? `FAILED (--seed ${seed})` : 'The API answered as declared.');

async function fuzzAs(role: string): Promise<boolean> {
  console.log(`\nAs ${role} ...`);
  const skipped = ['watchChanges', 'watchRequest', ...(role === 'nobody' ? [] : ['signOut'])].flatMap((id) => [
    '--exclude-operation-id',
    id,
  ]);
  const how = [
    '--checks',
    checks.join(','),
    '--max-examples',
    examples,
    '--seed',
    seed,
    '--continue-on-failure',
    '--request-timeout',
    '20',
  ];
  const config = join(dir, `${role}.toml`);
  writeFileSync(config, configOf(await credentialOf(role)));
  const args = ['--config-file', config, 'run', `${services.url}/api/openapi.json`, ...how, ...skipped];
  const { code } = await run(file, args, { env, cwd: dir, onLine: console.log });
  return code === 0;
}

/** A missing If-Match is 428, which schemathesis would not expect; `credential` is a line for a security scheme of the document. */
function configOf(credential: string): string {
  return `
checks.missing_required_header.expected-statuses = [400, 401, 403, 404, 422, 428]
checks.negative_data_rejection.expected-statuses = ["4XX"]
${credential}
`;
}

async function credentialOf(role: string): Promise<string> {
  if (role === 'nobody') return '';
  if (role === 'key') return `auth.openapi.apiKey.bearer = "${await newKey()}"`;
  return `auth.openapi.session.api_key = "${await signIn(role)}"`;
}

/** Of an approver, with all that a key may carry of theirs. */
async function newKey(): Promise<string> {
  const headers = { 'Content-Type': 'application/json', Cookie: `sid=${await signIn('do')}` };
  const me = (await (await fetch(`${services.url}/api/me`, { headers })).json()) as Me;
  const scope = { unitId: me.assignments[0]?.unit.id, permissions: keyPermissions.filter((p) => me.permissions.includes(p)) };
  const body = JSON.stringify({ name: 'Fuzz', ...scope, expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
  const response = await fetch(`${services.url}/api/api-keys`, { method: 'POST', headers, body });
  const { key } = (await response.json()) as { key?: string };
  if (!key) throw new Error(`no key is made: ${response.status}`);
  return key;
}

interface Me {
  permissions: string[];
  assignments: { unit: { id: string } }[];
}

async function signIn(role: string): Promise<string> {
  const response = await fetch(`${services.url}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login: `${role}@aurelia.example`, password }),
  });
  const session = /^sid=([^;]+)/.exec(response.headers.getSetCookie()[0] ?? '')?.[1];
  if (!session) throw new Error(`${role} cannot sign in: ${response.status}`);
  return session;
}
