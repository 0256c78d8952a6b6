import { redirect } from '@sveltejs/kit';

import { session } from '#lib/state/session.svelte.ts';

/** Nobody sees the console without a session; holders have a portal of their own. */
export const load = async ({ url }: { url: URL }) => {
  const [me] = await Promise.all([session.load(), session.loadMeta()]);
  if (!me) redirect(307, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
  if (me.kind === 'holder') redirect(307, '/my/cards');
};
