import { body, client, edit, write } from './client.ts';
import type {
  AccessAnswer,
  AccessQuery,
  AssignmentChange,
  AssignmentInput,
  GivenRole,
  Operator,
  OperatorCreate,
  OperatorFilter,
  OperatorImport,
  OperatorImportReport,
  OperatorInput,
  Page,
} from './types.ts';

const of = <H = Record<never, never>>(id: string, header: H = {} as H) => ({ path: { id }, header });

export const listOperators = (query: OperatorFilter): Promise<Page<Operator>> => body(client.GET('/operators', { params: { query } }));
export const getOperator = (id: string): Promise<Operator> => body(client.GET('/operators/{id}', { params: of(id) }));
export const createOperator = (operator: OperatorCreate, key: string): Promise<Operator> =>
  body(client.POST('/operators', { params: { header: write(key) }, body: operator }));
export const updateOperator = ({ id, version }: Operator, data: OperatorInput, key: string): Promise<Operator> =>
  body(client.PATCH('/operators/{id}', { params: of(id, edit(key, version)), body: data }));
export const deactivateOperator = (id: string, reason: string, key: string): Promise<Operator> =>
  body(client.POST('/operators/{id}/deactivation', { params: of(id, write(key)), body: { reason } }));
export const reactivateOperator = (id: string, key: string): Promise<Operator> =>
  body(client.POST('/operators/{id}/reactivation', { params: of(id, write(key)) }));
export const removeOperator = (id: string, reason: string, key: string): Promise<Operator> =>
  body(client.POST('/operators/{id}/removal', { params: of(id, write(key)), body: { reason } }));
export const inviteOperator = (id: string, key: string): Promise<void> =>
  body(client.POST('/operators/{id}/invitation', { params: of(id, write(key)) }));
/** A password that is told here and never again. */
export const makePassword = (id: string, key: string): Promise<{ password: string }> =>
  body(client.POST('/operators/{id}/first-password', { params: of(id, write(key)) }));
/** Of who lost app, passkeys and recovery codes. */
export const resetSecondFactors = (id: string, key: string): Promise<unknown> =>
  body(client.DELETE('/operators/{id}/second-factors', { params: of(id, write(key)) }));
export const grantRole = (id: string, assignment: AssignmentInput, key: string): Promise<GivenRole> =>
  body(client.POST('/operators/{id}/assignments', { params: of(id, write(key)), body: assignment }));
export const changeRole = ({ id, version }: GivenRole, change: AssignmentChange, key: string): Promise<GivenRole> =>
  body(client.PATCH('/assignments/{id}', { params: of(id, edit(key, version)), body: change }));
export const endRole = (id: string, key: string): Promise<GivenRole> =>
  body(client.POST('/assignments/{id}/end', { params: of(id, write(key)) }));
/** Why the person can, or cannot, do something. */
export const whyMay = (id: string, query: AccessQuery): Promise<AccessAnswer> =>
  body(client.GET('/operators/{id}/access', { params: { path: { id }, query } }));
export const importOperators = (rows: OperatorImport, key: string): Promise<OperatorImportReport> =>
  body(client.POST('/operators/import', { params: { header: write(key) }, body: rows }));
