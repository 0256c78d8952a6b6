import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './paths.ts';
import { run, which } from './run.ts';

const MODULE_PATHS = ['/usr/lib/softhsm', '/usr/lib64/softhsm', '/usr/local/lib/softhsm', '/opt/homebrew/lib/softhsm'].map(
  (dir) => `${dir}/libsofthsm2.so`,
);
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const isRoot = process.getuid?.() === 0;

/** The PKCS#11 module of SoftHSM: `SOFTHSM2_MODULE`, the installed one, or one that is installed now. */
export async function softhsmModule(): Promise<string> {
  const find = () => [process.env.SOFTHSM2_MODULE, ...MODULE_PATHS].find((file) => file && existsSync(file));
  const found = find() ?? unpackedModule();
  if (found) return found;
  if (isRoot) await aptInstall(['softhsm2']);
  else await unpack('softhsm', ['softhsm2', 'libsofthsm2']);
  return find() ?? unpackedModule() ?? missing('SoftHSM', 'softhsm2', 'SOFTHSM2_MODULE');
}

/** The Chromium that the browser tests drive: `CHROMIUM`, the installed one, or (as root) one that is installed now. */
export const chromium = (): Promise<string> => {
  const find = () => process.env.CHROMIUM ?? CHROMIUM_NAMES.map(which).find(Boolean);
  return program({ find, what: 'Chromium', packageName: 'chromium', variable: 'CHROMIUM' });
};

/** The OpenSSL command, with which the tests check our signatures and certificates. */
export const openssl = (): Promise<string> =>
  program({ find: () => which('openssl'), what: 'OpenSSL', packageName: 'openssl', variable: 'PATH' });

/** Poppler's commands, with which the tests look into the PDFs that we make. */
export const pdfTools = (): Promise<string> =>
  program({ find: () => which('pdftotext'), what: 'pdftotext', packageName: 'poppler-utils', variable: 'PATH' });

/** A syslog server, with which the tests look whether our lines arrive. */
export interface Rsyslog {
  program: string;
  /** The folder of its modules. */
  modules: string;
  env: NodeJS.ProcessEnv;
}

/** rsyslog with TLS: the installed one, or one that is unpacked now. It is not installed, as that would start it for the whole machine. */
export async function rsyslog(): Promise<Rsyslog> {
  const find = () => rsyslogIn('/') ?? rsyslogIn(unpackedDir('rsyslog'));
  const found = find();
  if (found) return found;
  if (isRoot) await run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', 'update']);
  await unpack('rsyslog', ['rsyslog', 'rsyslog-openssl', 'libestr0', 'libfastjson4']);
  return find() ?? missing('rsyslog with OpenSSL', 'rsyslog rsyslog-openssl', 'PATH');
}

function rsyslogIn(tree: string): Rsyslog | undefined {
  const lib = join(tree, 'usr/lib');
  const program = join(tree, 'usr/sbin/rsyslogd');
  if (!existsSync(program)) return undefined;
  const libraries = readdirSync(lib).map((name) => join(lib, name));
  const found = libraries.find((dir) => existsSync(join(dir, 'rsyslog/lmnsd_ossl.so')));
  return found === undefined ? undefined : { program, modules: join(found, 'rsyslog'), env: { ...process.env, LD_LIBRARY_PATH: found } };
}

/** A directory server, with which the tests sign in. */
export interface Slapd {
  program: string;
  /** The folder of its modules. */
  modules: string;
  /** The folder of the schemas. */
  schema: string;
  env: NodeJS.ProcessEnv;
}

/** OpenLDAP's server: the installed one, or one that is unpacked now. It is not installed, as that would start it for the whole machine. */
export async function slapd(): Promise<Slapd> {
  const find = () => slapdIn('/') ?? slapdIn(unpackedDir('slapd'));
  const found = find();
  if (found) return found;
  if (isRoot) await run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', 'update']);
  await unpack('slapd', [...['slapd', 'libldap-2.5-0', 'libltdl7', 'libwrap0', 'libnsl2', 'libtirpc3', 'libsasl2-2'], ...kerberos]);
  return find() ?? missing('OpenLDAP', 'slapd', 'PATH');
}

/** What libtirpc is linked with. */
const kerberos = ['libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0', 'libkeyutils1'];

function slapdIn(tree: string): Slapd | undefined {
  const [program, schema, modules] = ['usr/sbin/slapd', 'etc/ldap/schema', 'usr/lib/ldap'].map((path) => join(tree, path)) as [
    string,
    string,
    string,
  ];
  if (!existsSync(program)) return undefined;
  const libraries = ['usr/lib', 'lib']
    .map((dir) => join(tree, dir))
    .filter((dir) => existsSync(dir))
    .flatMap((dir) =>
      readdirSync(dir)
        .filter((name) => name.endsWith('-linux-gnu'))
        .map((name) => join(dir, name)),
    );
  return { program, schema, modules, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } };
}

let installing = Promise.resolve();

/**
 * Installs Debian packages without questions; quiet when that fails, as the caller looks for what it needs. Root only. One after the
 * other, since parts are made ready side by side and two at once lock each other out; for another process's lock it waits.
 */
export function aptInstall(packages: string[]): Promise<void> {
  installing = installing.then(() => install(packages));
  return installing;
}

async function install(packages: string[]): Promise<void> {
  if (!which('apt-get')) return;
  console.error(`Installing ${packages.join(', ')} (once) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=120'];
  await run('apt-get', [...quiet, 'update'], { env });
  await run('apt-get', [...quiet, '-y', '--no-install-recommends', 'install', ...packages], { env });
}

interface Program {
  find: () => string | undefined;
  what: string;
  packageName: string;
  variable: string;
}

async function program({ find, what, packageName, variable }: Program): Promise<string> {
  const found = find();
  if (found) return found;
  if (isRoot) await aptInstall([packageName]);
  return find() ?? missing(what, packageName, variable);
}

function missing(what: string, packageName: string, variable: string): never {
  throw new Error(`${what} is missing. Install it (Debian: apt-get install ${packageName}), or name where it is in ${variable}.`);
}

const unpackedDir = (name: string) => join(cacheDir(), name);

/** Debian keeps the module in /usr/lib/softhsm; below the cache the same tree was unpacked. */
function unpackedModule(): string | undefined {
  const file = join(unpackedDir('softhsm'), 'usr/lib/softhsm/libsofthsm2.so');
  return existsSync(file) ? file : undefined;
}

/** An ordinary user may not install packages, but may download and unpack them: these need nothing else from the system. */
async function unpack(name: string, packages: string[]): Promise<void> {
  if (!which('apt-get') || !which('dpkg-deb')) return;
  const draft = mkdtempSync(join(cacheDir(), `${name}-`));
  const tree = join(draft, 'tree');
  mkdirSync(tree);
  await run('apt-get', ['-qq', 'download', ...packages], { cwd: draft });
  for (const file of readdirSync(draft).filter((file) => file.endsWith('.deb'))) await run('dpkg-deb', ['-x', join(draft, file), tree]);
  if (!existsSync(unpackedDir(name))) renameSync(tree, unpackedDir(name));
  rmSync(draft, { recursive: true, force: true });
}
