/** The type without `undefined` in its optional properties. */
export type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Drops properties that are `undefined`: absent is the only way to say "not given" (exactOptionalPropertyTypes). */
export const given = <T extends object>(value: T): Given<T> =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Given<T>;
