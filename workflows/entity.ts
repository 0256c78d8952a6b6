import type { UpdateDefinition } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';

import { failure } from '../domain/errors.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** What an update does: `check` refuses it (also as validator, so a refusal leaves no trace in the history), `work` carries it out. */
interface Rule<State, Input, Answer> {
  check: (state: State, input: Input) => void;
  work: (state: State, input: Input) => Promise<State>;
  answer: (state: State) => Answer;
  /** False while something that another workflow has already written to the database may not be known here yet: waited for a moment. */
  ripe?: (state: State) => boolean;
}

/** The state of a workflow that lives as long as the thing it stands for. */
export interface Entity<State> {
  /** Settles when the state is loaded. */
  readonly loaded: Promise<State>;
  /** Undefined until it is loaded. */
  now(): State | undefined;
  /** Replaces the state by what `work` makes of it, after all that came before. */
  change(work: (state: State) => State | Promise<State>): Promise<State>;
  on<Input, Answer>(update: UpdateDefinition<Answer, [Input]>, rule: Rule<State, Input, Answer>): void;
}

/** How long the news of another workflow may be under way. */
const patience = '10s';

/**
 * Loads the state, then changes it one message at a time. A message is checked when it arrives and again when its turn comes, because
 * the one before may have changed the state: two officers who press at once get one effect and one refusal. While a change is being written it
 * is checked in its turn only: the database may show the new state already, and who saw it there must not be refused.
 */
export function entity<State>(load: () => Promise<State>): Entity<State> {
  const inTurn = oneAtATime();
  let state: State | undefined;
  let waiting = 0;
  const queue = (work: () => Promise<State>): Promise<State> => {
    waiting += 1;
    return inTurn(work).finally(() => (waiting -= 1));
  };
  const change: Entity<State>['change'] = (work) =>
    queue(async () => {
      if (state === undefined) throw failure('not_found', 'It does not exist, or could not be loaded.');
      return (state = await work(state));
    });
  return {
    loaded: queue(async () => (state = await load())),
    change,
    now: () => state,
    on: (update, { check, work, answer, ripe = () => true }) => {
      type Input = Parameters<typeof check>[1];
      const isRipe = () => state !== undefined && ripe(state);
      const handle = async (input: Input) => {
        if (state !== undefined && !isRipe()) await condition(isRipe, patience);
        return answer(await change((present) => (check(present, input), work(present, input))));
      };
      const validator = (input: Input) => {
        if (state !== undefined && waiting === 0 && isRipe()) check(state, input);
      };
      setHandler(update, handle, { validator });
    },
  };
}
