// As holder-schema.ts: the only way to these schemas of the domain.
import './zod-without-eval.ts';

import { z } from 'zod';

import { visibilities } from '#domain/actor.ts';
import { SourceSettings } from '#domain/identity-source.ts';
import type { IdentitySourceKind } from '#domain/identity-source-kind.ts';
import type { SignInSource } from '#lib/api/types.ts';

import { Form } from './form.svelte.ts';

/** A line of the mapping as it is written: the unit by its code. */
export interface MappingLine {
  group: string;
  role: string;
  unitCode: string;
  visibility: (typeof visibilities)[number];
}

/** What the form holds, but for its ticks. */
export interface TypedSource {
  name: string;
  secret: string;
  configuration: SourceSettings;
  mapping: MappingLine[];
}

const fieldsOf: Record<IdentitySourceKind, readonly string[]> = {
  ldap: ['url', 'ca', 'bindDn', 'userTemplate', 'baseDn', 'loginAttributes', 'subjectAttribute', 'groupBaseDn'],
  oidc: ['issuer', 'clientId', 'scopes', 'groupsClaim'],
  saml: ['entryPoint', 'idpIssuer', 'idpCertificate', 'emailAttribute', 'givenNameAttribute', 'familyNameAttribute', 'groupsAttribute'],
};
const usual: Record<string, string> = {
  ...{ loginAttributes: 'uid, mail', subjectAttribute: 'entryUUID', scopes: 'profile email', groupsClaim: 'groups' },
  ...{ emailAttribute: 'email', givenNameAttribute: 'givenName', familyNameAttribute: 'sn', groupsAttribute: 'groups' },
};

/** A form over a source of this kind: with what is usual, or with what is there. `lineError` says what is wrong with a line of the mapping. */
export const sourceForm = (kind: IdentitySourceKind, source: SignInSource | undefined, lineError: (line: number) => string) =>
  new Form<TypedSource>({
    schema: schemaOf(kind, lineError),
    initial: {
      '/name': source?.name ?? '',
      ...Object.fromEntries(
        fieldsOf[kind].map((field) => [`/settings/${field}`, source ? textOf(source.settings[field]) : (usual[field] ?? '')]),
      ),
      '/secret': '',
      '/mapping': (source?.mapping ?? []).map((m) => [m.group, m.role, m.unitCode ?? '', m.visibility].join('; ')).join('\n'),
    },
  });

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '');

const schemaOf = (kind: IdentitySourceKind, lineError: (line: number) => string): z.ZodType<TypedSource> =>
  z
    .object({
      name: z.string(),
      secret: z.string(),
      mapping: z.string(),
      settings: z.record(z.string(), z.string()),
    })
    .transform(({ name, secret, mapping, settings }, context): TypedSource => {
      if (name.trim() === '') context.addIssue({ code: 'custom', message: 'Write something here', path: ['name'] });
      const parsed = SourceSettings.safeParse({ kind, settings: settingsOf(settings) });
      for (const { message, path, code } of parsed.error?.issues ?? [])
        context.addIssue({ code: 'custom', message: code === 'invalid_type' ? 'Write something here' : message, path: path.slice(0, 2) });
      const lines = mapping
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(lineOf);
      const wrong = lines.findIndex((line) => line === undefined);
      if (wrong >= 0) context.addIssue({ code: 'custom', message: lineError(wrong + 1), path: ['mapping'] });
      if (!parsed.success || wrong >= 0 || name.trim() === '') return z.NEVER;
      return { name, secret, configuration: parsed.data, mapping: lines.filter((line) => line !== undefined) };
    });

/** What is empty is absent. */
const settingsOf = (texts: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(texts)
      .map(([field, text]) => [field, text.trim()] as const)
      .filter(([, text]) => text !== '')
      .map(([field, text]) => [field, field === 'loginAttributes' ? text.split(',').map((name) => name.trim()) : text]),
  );

/** The group may hold anything but a semicolon. */
function lineOf(line: string): MappingLine | undefined {
  const [group = '', role = '', unitCode = '', visibility, ...more] = line.split(';').map((part) => part.trim());
  const known = visibilities.find((one) => one === visibility);
  return group && role && unitCode && known && more.length === 0 ? { group, role, unitCode, visibility: known } : undefined;
}
