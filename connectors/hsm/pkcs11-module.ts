// Default import only: with `import * as` the constants are undefined at run time (the package spreads its exports).
import pkcs11 from 'pkcs11js';

export type Pkcs11Module = InstanceType<typeof pkcs11.PKCS11>;
/** Session, slot and object handles. Object handles of private keys die with the login. */
export type Handle = Buffer;

/** A session of a module: what every operation on a token needs. */
export interface TokenSession {
  module: Pkcs11Module;
  session: Handle;
}

/** A module of this process, and how many session pools live on it: `C_Finalize` is for the last one only. */
export interface LoadedModule {
  path: string;
  module: Pkcs11Module;
  pools: number;
}

const loaded = new Map<string, LoadedModule>();

/** Maps a module into the process, once per path: its state (initialised, logged in) belongs to the process, not to the caller. */
export function loadModule(path: string): LoadedModule {
  const known = loaded.get(path);
  if (known) return known;
  const entry = { path, module: mapLibrary(path), pools: 0 };
  loaded.set(path, entry);
  return entry;
}

/** Maps a library without initialising it or remembering it. */
export function mapLibrary(path: string): Pkcs11Module {
  const module = new pkcs11.PKCS11();
  module.load(path);
  return module;
}

/** `C_Initialize` for use from several threads. Already initialised is fine: another thread or pool was first. */
export function initialiseModule(module: Pkcs11Module): void {
  try {
    module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (codeOf(error) !== pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error;
  }
}

/** A read-write session. */
export const openSession = (module: Pkcs11Module, slot: Handle): Handle =>
  module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);

/** The CKR_ value of an error that a module returned, or undefined for any other error. */
export const codeOf = (error: unknown): number | undefined => (error instanceof pkcs11.Pkcs11Error ? error.code : undefined);

/** Fixed-length text fields of PKCS#11 are padded with blanks (some modules: with zeros). */
export const unpadded = (field: string): string => field.replace(/[\0 ]+$/, '');

/** Runs something that may fail because its object is gone already: closing a session of a token that was pulled. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
