import { redirect } from '@sveltejs/kit';

import { session } from '#lib/state/session.svelte.ts';

/** Nobody sees the console without a session, nor anything but their account where a second factor is missing; holders have a portal of their own. */
export const load = async ({ url }: { url: URL }) => {
  const [me] = await Promise.all([session.load(), session.loadMeta()]);
  if (!me) redirect(307, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
  if (me.kind === 'holder') redirect(307, '/my/cards');
  if (me.lacksSecondFactor && url.pathname !== '/account') redirect(307, '/account');
};
