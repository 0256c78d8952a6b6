/** The command was used wrongly, or was given something it cannot use: the message says what to do; exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit statuses of every command. */
export const exitStatus = { done: 0, refused: 1, wrongUse: 2 } as const;
