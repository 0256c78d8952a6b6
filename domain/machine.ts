import { failure } from './errors.ts';

/** A state machine: for each state the states that may follow. No other transition exists anywhere in the code. */
export type Machine<S extends string> = Readonly<Record<S, readonly S[]>>;

export const canMove = <S extends string>(machine: Machine<S>, from: S, to: S): boolean => machine[from].includes(to);

/** Throws `wrong_state` unless the machine allows `from` → `to`. */
export function assertMove<S extends string>(machine: Machine<S>, from: S, to: S): void {
  if (!canMove(machine, from, to)) throw failure('wrong_state', `It is ${from} and cannot become ${to}. Reload to see its present state.`);
}

/** The states from which `to` can be reached in one step: the `where` of a guarded update. */
export const statesBefore = <S extends string>(machine: Machine<S>, to: S): S[] =>
  (Object.keys(machine) as S[]).filter((from) => machine[from].includes(to));
