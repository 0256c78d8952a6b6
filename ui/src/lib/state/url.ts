import { goto } from '$app/navigation';

/** What `page.url` is: an address to read. */
interface Address {
  searchParams: Pick<URLSearchParams, 'get' | 'getAll'>;
}

/** Changes parameters of the address; empty ones go. Filters live here, so a view can be bookmarked and sent to a colleague. */
export function setParams(changes: Record<string, string | string[] | undefined>, options: { replace?: boolean } = {}) {
  const next = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    next.searchParams.delete(name);
    for (const one of [value ?? []].flat()) if (one.trim() !== '') next.searchParams.append(name, one.trim());
  }
  return goto(next, { reset: false, replace: options.replace ?? false });
}

/** Parameters that are there, as a query of the API. */
export const pick = <K extends string>(url: Address, names: readonly K[]): Partial<Record<K, string>> =>
  Object.fromEntries(names.flatMap((name) => (url.searchParams.get(name) ? [[name, url.searchParams.get(name)]] : []))) as Partial<
    Record<K, string>
  >;

/** Cursors of the pages walked through; the last is the page shown. */
export const cursors = (url: Address): string[] => url.searchParams.getAll('after');
