import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { noFields } from '../domain/field-definition.ts';
import { permissions } from '../domain/permissions.ts';
import { openApi } from './openapi.ts';
import { withFields } from './openapi-fields.ts';
import type { AnyOperation } from './operation.ts';
import { operations } from './routes/index.ts';

const all = Object.entries(operations) as [string, AnyOperation][];
type Json = Record<string, unknown>;
const document = openApi(operations) as unknown as {
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> };
};

test('the committed document is the one of these operations', () => {
  const committed = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as unknown;
  expect(committed, 'run `node api/write-openapi.ts`').toEqual(JSON.parse(JSON.stringify(document)));
});

test('every operation is there once, with its permission and the form of its problems', () => {
  const found = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, o]) => ({ path, method, ...o })),
  );
  expect(found).toHaveLength(all.length);
  for (const [name, o] of all) {
    const described = document.paths[o.path]?.[o.method] as Json;
    expect(described).toMatchObject({ operationId: name, 'x-permission': o.permission });
    expect(Object.keys(described.responses as Json)).toEqual(expect.arrayContaining(['400', '500', '503']));
  }
});

test('an operation names a permission of the catalogue, or says that it needs none', () => {
  const known = new Set<string>([...permissions, 'public', 'signed_in']);
  expect(all.filter(([, o]) => !known.has(o.permission as string))).toEqual([]);
});

test('the public operations are these', () => {
  expect(all.filter(([, o]) => o.permission === 'public').map(([name]) => name)).toEqual([
    ...[
      'signIn',
      'signInWithCertificate',
      'leaveToSignIn',
      'comeBackSignedIn',
      'takePostedAnswer',
      'readProviderMetadata',
      'signOut',
      'checkLive',
      'checkReady',
      'readMeta',
      'activateDevice',
    ],
    ...['showSecondFactor', 'beginPasskeyFactor', 'askPasswordReset', 'resetPassword'],
  ]);
});

test('every parameter of a path is declared, and nothing else', () => {
  for (const [name, o] of all) {
    const inPath = [...o.path.matchAll(/\{(\w+)\}/g)].map(([, p]) => p);
    expect(Object.keys((o.params as { shape?: object } | undefined)?.shape ?? {}), name).toEqual(inPath);
  }
});

test('every object that comes in refuses unknown properties, at every depth', () => {
  const open: string[] = [];
  // as it is served: which fields an installation adds is known there
  const served = withFields(document, noFields.set);
  const walk = (at: string, schema: Json) => {
    const resolved = typeof schema.$ref === 'string' ? (served.components.schemas[schema.$ref.split('/').at(-1) ?? ''] as Json) : schema;
    const parts = (resolved.anyOf ?? resolved.allOf ?? resolved.oneOf ?? []) as Json[];
    if (resolved.type === 'object' && parts.length === 0 && resolved.additionalProperties !== false) open.push(at);
    for (const [key, value] of Object.entries((resolved.properties ?? {}) as Json)) walk(`${at}/${key}`, value as Json);
    for (const part of parts) walk(at, part);
    if (resolved.items) walk(`${at}/items`, resolved.items as Json);
  };
  for (const [name, o] of all) {
    const body = document.paths[o.path]?.[o.method]?.requestBody as { content: Record<string, { schema: Json }> } | undefined;
    if (body) walk(name, body.content['application/json']?.schema ?? {});
  }
  expect(open).toEqual([]);
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
  expect(references.filter((name) => !document.components.schemas[name])).toEqual([]);
});
