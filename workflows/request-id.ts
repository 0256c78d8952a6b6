import { defaultPayloadConverter, type Headers } from '@temporalio/common';

/** Header of starts, messages and activities: the id of the HTTP request that caused them. Random, so it may stand in clear. */
const header = 'smartcms-request-id';

/** The headers with the id; unchanged if there is none. */
export const withRequestId = (headers: Headers, requestId: string | undefined): Headers =>
  requestId === undefined ? headers : { ...headers, [header]: defaultPayloadConverter.toPayload(requestId) };

/** The id that the headers carry. */
export function requestIdIn(headers: Headers): string | undefined {
  const payload = headers[header];
  return payload && defaultPayloadConverter.fromPayload<string>(payload);
}
