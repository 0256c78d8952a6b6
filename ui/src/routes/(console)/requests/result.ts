import type { Problem } from '#lib/api/problem.ts';

/** One line a request of the list that was decided: approved, or why not. */
export interface Result {
  number: string;
  problem?: Problem;
}
