import { body, client, edit, write } from './client.ts';
import type { HolderInput, NewRequest, Page, RequestDetail, RequestFilter, RequestRow } from './types.ts';

const of = <H = Record<never, never>>(id: string, header: H = {} as H) => ({ path: { id }, header });

export const listRequests = (query: RequestFilter): Promise<Page<RequestRow>> => body(client.GET('/requests', { params: { query } }));
export const getRequest = (id: string): Promise<RequestDetail> => body(client.GET('/requests/{id}', { params: of(id) }));
export const createRequest = (request: NewRequest, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests', { params: { header: write(key) }, body: request }));
export const submitRequest = (id: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/submission', { params: of(id, write(key)) }));
export const decideRequest = (
  id: string,
  decision: { verdict: 'approve' | 'reject'; comment: string },
  key: string,
): Promise<RequestDetail> => body(client.POST('/requests/{id}/decisions', { params: of(id, write(key)), body: decision }));
export const cancelRequest = (id: string, reason: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/cancellation', { params: of(id, write(key)), body: { reason } }));
export const deliverRequest = (id: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/delivery', { params: of(id, write(key)) }));

export const sendActivationCode = (id: string, key: string): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/activation-code', { params: of(id, write(key)) }));

/** Replaces the registered data; approvals given so far are void. `version` is the one that was read. */
export const amendRequest = (
  id: string,
  change: { data: HolderInput; extra: NewRequest['extra'] & object; reason: string },
  headers: { key: string; version: number },
): Promise<RequestDetail> =>
  body(client.POST('/requests/{id}/amendments', { params: of(id, edit(headers.key, headers.version)), body: change }));

/** Another e-mail address for a person; the mails that the one before refused go again. */
export async function correctAddress(holderId: string, email: string, key: string): Promise<void> {
  const person = await body(client.GET('/holders/{id}', { params: of(holderId) }));
  const { givenName, familyName, birthDate, birthPlace, taxCode, document, version } = person;
  const data = { givenName, familyName, birthDate, birthPlace, taxCode, document: document as HolderInput['document'], email };
  await body(client.PATCH('/holders/{id}', { params: of(holderId, edit(key, version)), body: data }));
}
