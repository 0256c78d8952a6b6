import type { Permission } from '#domain/permissions.ts';
import { showSecondFactor } from '#lib/api/account.ts';
import { showPasskey } from '#lib/api/passkeys.ts';
import { asProblem } from '#lib/api/problem.ts';
import { getMe, getMeta, signIn, signOut } from '#lib/api/session.ts';
import type { Assignment, Me, Meta } from '#lib/api/types.ts';

const storageKey = 'smartcms.assignment';

/** Who is signed in, and where they work. What they may do is decided by the API; this only hides what would be refused. */
class Session {
  me = $state.raw<Me | null>();
  meta = $state.raw<Meta>();
  #assignmentId = $state(localStorage.getItem(storageKey));

  /** The assignment shown in the side bar; its unit is where new things are registered. */
  readonly assignment = $derived<Assignment | undefined>(
    this.me?.assignments.find((a) => a.id === this.#assignmentId) ?? this.me?.assignments[0],
  );

  can(permission: Permission): boolean {
    return this.me?.permissions.includes(permission) ?? false;
  }

  /** Asks the API who we are, once; null when nobody is signed in. Throws when the API does not answer. */
  async load(): Promise<Me | null> {
    if (this.me === undefined) {
      try {
        this.#enter(await getMe());
      } catch (error) {
        const problem = asProblem(error);
        if (problem.status !== 401) throw problem;
        this.me = null;
      }
    }
    return this.me ?? null;
  }

  async loadMeta(): Promise<Meta> {
    return (this.meta ??= await getMeta());
  }

  async signIn(login: string, password: string): Promise<Me> {
    return this.#enter(await signIn(login, password));
  }

  /** The second step of signing in. */
  async showSecondFactor(code: string): Promise<Me> {
    return this.#enter(await showSecondFactor(code));
  }

  async showPasskey(): Promise<Me> {
    return this.#enter(await showPasskey());
  }

  async signOut() {
    await signOut();
    // Whoever signs in next must find nothing of this person in memory.
    location.assign(this.me?.kind === 'holder' ? '/my' : '/sign-in');
  }

  /** Asks again who we are: what one may do has changed. */
  async refresh(): Promise<void> {
    this.#enter(await getMe());
  }

  /** Takes an answer that carried a session (sign-in, activation). */
  enter(me: Me) {
    this.#enter(me);
  }

  /** The session ended on the server. */
  ended() {
    this.me = null;
  }

  workIn(assignment: Assignment) {
    this.#assignmentId = assignment.id;
    localStorage.setItem(storageKey, assignment.id);
  }

  #enter(me: Me): Me {
    this.me = me;
    return me;
  }
}

export const session = new Session();
