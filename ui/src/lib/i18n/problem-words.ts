import type { Problem } from '#lib/api/problem.ts';

import { i18n } from './i18n.svelte.ts';

/** A sentence of the domain or the API in the reader's language; unknown ones stay in English. */
export function say(message: string): string {
  const known = i18n.t.messages[message];
  if (known) return known;
  for (const [pattern, words] of i18n.t.bounds) {
    const bound = pattern.exec(message)?.[1];
    if (bound !== undefined) return words(bound);
  }
  return message;
}

/** What happened, then what the API adds to it, if that says more in this language. */
export function tell(problem: Problem): { title: string; detail: string } {
  const title = i18n.t.problems[problem.code] ?? problem.message;
  const detail = say(problem.detail);
  const adds =
    problem.status !== 0 &&
    problem.status < 500 &&
    detail !== '' &&
    detail !== title &&
    (i18n.locale === 'en' || detail !== problem.detail);
  return { title, detail: adds ? detail : '' };
}

/** A problem kept with a row (a stopped production, a wait) in the reader's language; its code decides, else its own sentence. */
export function problemWords({ code, detail }: { code: string; detail: string }): string {
  const known = (i18n.t.problems as Record<string, string>)[code];
  const said = say(detail);
  if (i18n.locale === 'en' || said !== detail) return said || known || code;
  return known ?? said;
}
