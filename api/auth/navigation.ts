import type { Actor } from '../../domain/actor.ts';
import { errorCodeOf } from '../../domain/errors.ts';
import { localPath } from '../../domain/local-path.ts';
import type { Settings } from '../services.ts';

type Site = Pick<Settings, 'publicUrl'>;

/** Who signed in by going somewhere, and the page that they wanted. */
interface Arrival {
  actor: Pick<Actor, 'kind'>;
  next: string | undefined;
}

/** Where a browser goes on that came here to sign in: to the page it wanted, or back to the sign-in page. */
export const landing = (site: Site, next: string | undefined, open: () => Promise<Arrival>): Promise<string> =>
  orSignInPage(site, next, async () => {
    const { actor, next: wanted } = await open();
    return `${site.publicUrl}${actor.kind === 'holder' ? '/my/cards' : localPath(wanted)}`;
  });

/** An expected failure leads to the sign-in page, which says what went wrong: a problem document would be a dead end for whoever clicked a button. */
export async function orSignInPage({ publicUrl }: Site, next: string | undefined, go: () => Promise<string>): Promise<string> {
  try {
    return await go();
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === undefined) throw error;
    const query = new URLSearchParams({ problem: code, ...(next && { next: localPath(next) }) });
    return `${publicUrl}/sign-in?${query.toString()}`;
  }
}
