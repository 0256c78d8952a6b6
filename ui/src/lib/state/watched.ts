import { getRequest } from '#lib/api/requests.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import { toasts } from './toasts.svelte.ts';

const ids = new Set<string>();

/** A production started here is told about when it ends, unless its own page is open then. */
export const watchProduction = (requestId: string): void => void ids.add(requestId);

/** Looks at a request that changed; `pathname` is the page that is open. */
export async function watchedChanged(requestId: string | undefined, pathname: string): Promise<void> {
  if (requestId === undefined || !ids.has(requestId)) return;
  const request = await getRequest(requestId).catch(() => undefined);
  const stopped = request?.production?.state === 'stopped';
  if (!request || (request.state === 'in_production' && !stopped) || !ids.delete(requestId)) return;
  const href = `/requests/${requestId}`;
  if (pathname === href) return;
  const t = i18n.t.desk;
  const title = stopped ? t.endedStopped(request.holder.name) : t.endedReady(request.holder.name);
  toasts.show({ tone: stopped ? 'bad' : 'good', title, href });
}
