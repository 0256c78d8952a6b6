import type { Actor } from '../../domain/actor.ts';
import { errorCodeOf } from '../../domain/errors.ts';
import { localPath } from '../../domain/local-path.ts';
import type { Settings } from '../services.ts';

/**
 * Where a browser goes on that came here to sign in: to the page it wanted, or back to the sign-in page, which says what went wrong. A problem document
 * would be a dead end for whoever clicked a button.
 */
export async function landing(
  { publicUrl }: Pick<Settings, 'publicUrl'>,
  next: string | undefined,
  open: () => Promise<Pick<Actor, 'kind'>>,
): Promise<string> {
  try {
    const { kind } = await open();
    return `${publicUrl}${kind === 'holder' ? '/my/cards' : localPath(next)}`;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === undefined) throw error;
    const query = new URLSearchParams({ problem: code, ...(next && { next: localPath(next) }) });
    return `${publicUrl}/sign-in?${query.toString()}`;
  }
}
