import { z } from 'zod';

import { openApi } from '../../api/openapi.ts';
import { operations } from '../../api/routes/index.ts';

/** A JSON schema of the API's document. Its references are resolved by `resolve`. */
export interface JsonSchema {
  [key: string]: unknown;
  $ref?: string;
  type?: string;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: JsonSchema;
}

type Content = Record<string, { schema: JsonSchema }>;

export interface DescribedOperation {
  operationId: string;
  'x-permission': string;
  method: string;
  path: string;
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
}

interface Document {
  paths: Record<string, Record<string, Omit<DescribedOperation, 'method' | 'path'>>>;
  components: { schemas: Record<string, JsonSchema>; responses: Record<string, { content?: Content }> };
}

const { paths, components } = JSON.parse(JSON.stringify(openApi(operations))) as Document;

/** Every operation as `/api/openapi.json` describes it. */
export const described: DescribedOperation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, o]) => ({ ...o, method: method.toUpperCase(), path: `/api${path}` })),
);

const last = (ref: string) => ref.split('/').at(-1) ?? '';

export const resolve = (schema: JsonSchema): JsonSchema => (schema.$ref ? (components.schemas[last(schema.$ref)] ?? {}) : schema);

const patterns = described.map((o) => ({ o, pattern: new RegExp(`^${o.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));

/** OpenAPI 3.1, Paths Object: a concrete address comes before a templated one. */
export function operationAt(method: string, path: string): DescribedOperation | undefined {
  const isConcrete = described.some((o) => o.path === path);
  return patterns.find(({ o, pattern }) => o.method === method && (isConcrete ? o.path === path : pattern.test(path)))?.o;
}

export interface Answered {
  status: number;
  contentType: string;
  text: string;
}

/** What an answer says that its operation does not declare: the status, the type of the content, the fields. Empty when all is as declared. */
export function undeclared({ operationId, responses }: DescribedOperation, { status, contentType, text }: Answered): string[] {
  const response = responses[status];
  if (!response) return [`${operationId} answers ${status}, which it does not declare`];
  const content = response.$ref ? components.responses[last(response.$ref)]?.content : response.content;
  const type = contentType.split(';')[0] ?? '';
  if (!content) return text === '' ? [] : [`${operationId} answers ${status} with a body that it does not declare`];
  const schema = content[type]?.schema;
  if (!schema) return [`${operationId} answers ${status} as ${type}, which it does not declare`];
  if (!type.endsWith('json')) return [];
  const { error } = validator(schema).safeParse(JSON.parse(text));
  return (error?.issues ?? []).map(({ path, message }) => `${operationId} answers ${status}: ${path.join('/')}: ${message}`);
}

/** Every answer in any test is one that the document declares. Addresses of no operation are not in it. */
export function assertDeclared({ method, path }: { method: string; path: string }, answer: Answered): void {
  const operation = operationAt(method, path);
  const problems = operation ? undeclared(operation, answer) : [];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

const $defs = JSON.parse(JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/$defs/')) as Record<string, JsonSchema>;
const validators = new Map<string, z.ZodType>();

function validator(schema: JsonSchema): z.ZodType {
  const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/');
  const known =
    validators.get(text) ?? z.fromJSONSchema({ ...(JSON.parse(text) as object), $defs } as Parameters<typeof z.fromJSONSchema>[0]);
  validators.set(text, known);
  return known;
}
