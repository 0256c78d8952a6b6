/** AES-256 keys by id. New values are sealed with `current`; every key can open what it sealed. */
export interface KeyRing {
  /** Id of the key for new values. Throws while the keys are not open, and why. */
  readonly current: string;
  /** The key with this id. One that is not known yet is looked for where keys are kept: another process may have made it. Throws when nobody has it. */
  key(id: string): Promise<Buffer>;
}
