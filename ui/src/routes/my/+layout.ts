import { session } from '#lib/state/session.svelte.ts';

/** The portal of holders: pages decide themselves whether they need a session. */
export const load = async () => {
  await Promise.all([session.load(), session.loadMeta()]);
};
