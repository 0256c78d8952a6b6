import type { GivenValues, Parsed, Problem, ReadFile } from './read.ts';
import { variables } from './variables.ts';

/** Passwords and PINs that ship with something or that everybody tries first. */
const known = [
  'postgres',
  'password',
  'smartcms',
  'smartcms-demo',
  'changeit',
  'changeme',
  'temporal',
  'administrator',
  '12345678',
  '123456789',
  '1234567890',
];
const minLength = 8;
const publicFile = 'may be read by every user of the machine: chmod o= it';

/** What only the profile `production` refuses: plain connections, passwords that are known or short, secrets that everybody may read. */
export const productionProblems = (config: Parsed, given: GivenValues, readFile: ReadFile): Problem[] => [
  ...webProblems(config, given),
  ...databaseProblems('DATABASE_URL', config.DATABASE_URL, readFile),
  ...databaseProblems('AUDIT_DATABASE_URL', config.AUDIT_DATABASE_URL, readFile),
  ...temporalProblems(given),
  ...mailProblems(config.SMTP_URL),
  ...syslogProblems(config, readFile),
  ...passwordProblems('HSM_PIN', config.HSM_PIN),
  ...fileProblems(given),
];

function webProblems(config: Parsed, given: GivenValues): Problem[] {
  const problems: Problem[] = [];
  if (config.PUBLIC_URL?.startsWith('http:')) problems.push({ variable: 'PUBLIC_URL', message: 'must be https, on loopback as well' });
  const serves = given.has('TLS_CERT') && !given.get('TLS_CERT')?.isBroken;
  if (serves && !config.TLS_CERT && !config.TRUSTED_PROXIES)
    problems.push({ variable: 'TLS_CERT', message: 'is not set: give certificate and key, or name the TLS proxy in TRUSTED_PROXIES' });
  return problems;
}

/** libpq and pg take the last of a parameter that stands twice. */
const parameter = (url: URL, name: string): string => url.searchParams.getAll(name).at(-1) ?? '';

function databaseProblems(variable: string, address: string | undefined, readFile: ReadFile): Problem[] {
  if (address === undefined) return [];
  const url = parsed(address);
  if (!url) return [{ variable, message: 'must be a URL; write special characters of the password as %XX' }];
  const host = parameter(url, 'host') || decodeURIComponent(url.hostname);
  if (host === '' || host.startsWith('/')) return []; // a unix socket: it never leaves the machine, and the kernel says who calls
  const problems: Problem[] = [];
  if (parameter(url, 'sslmode') !== 'verify-full')
    problems.push({ variable, message: 'must end in ?sslmode=verify-full&sslrootcert=<CA file>' });
  for (const name of ['sslrootcert', 'sslcert', 'sslkey'])
    problems.push(...pathProblems({ variable, path: parameter(url, name), isKey: name === 'sslkey' }, readFile));
  if (!parameter(url, 'sslcert')) problems.push(...passwordProblems(variable, decodeURIComponent(url.password)));
  return problems;
}

/** `postgres:///smartcms` (a unix socket) has no host, which URL takes for no special scheme only. */
function parsed(address: string): URL | undefined {
  try {
    const url = new URL(address);
    for (const part of [url.hostname, url.username, url.password]) decodeURIComponent(part);
    return url;
  } catch {
    return undefined;
  }
}

/** A file that a driver reads later by itself; `isKey`: nobody else may read it. */
function pathProblems({ variable, path, isKey }: { variable: string; path: string; isKey: boolean }, readFile: ReadFile): Problem[] {
  if (path === '') return [];
  try {
    const { isPublic } = readFile(path);
    return isKey && isPublic ? [{ variable, message: `names the file ${path}, which ${publicFile}` }] : [];
  } catch {
    return [{ variable, message: `names the file ${path}, which cannot be read` }];
  }
}

function temporalProblems(given: GivenValues): Problem[] {
  return (['TEMPORAL_TLS_CA', 'TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY'] as const)
    .filter((name) => given.has(name) && given.get(name)?.value === undefined && !given.get(name)?.isBroken)
    .map((variable) => ({ variable, message: `is not set: ${variables[variable].meaning} (mutual TLS)` }));
}

/** Parameters of the address could switch TLS off again. */
function mailProblems(address: string | undefined): Problem[] {
  const url = address === undefined ? undefined : parsed(address);
  if (!url) return [];
  if (url.search) return [{ variable: 'SMTP_URL', message: 'must have nothing after ?; the CA goes into SMTP_CA' }];
  return url.username ? passwordProblems('SMTP_URL', decodeURIComponent(url.password)) : [];
}

function syslogProblems({ LOG_SYSLOG_URL: url, LOG_SYSLOG_KEY_FILE: path = '' }: Parsed, readFile: ReadFile): Problem[] {
  const problems = pathProblems({ variable: 'LOG_SYSLOG_KEY_FILE', path, isKey: true }, readFile);
  if (url?.startsWith('syslog+tcp:')) problems.push({ variable: 'LOG_SYSLOG_URL', message: 'must be syslog+tls://' });
  return problems;
}

function passwordProblems(variable: string, password: string | undefined): Problem[] {
  if (password === undefined) return [];
  const kind = variable === 'HSM_PIN' ? 'PIN' : 'password';
  if (password.length < minLength) return [{ variable, message: `the ${kind} has fewer than ${minLength} characters: choose another` }];
  const isKnown = known.includes(password.toLowerCase()) || /^(.)\1*$/.test(password);
  return isKnown ? [{ variable, message: `the ${kind} is one that everybody tries first: choose another` }] : [];
}

const fileProblems = (given: GivenValues): Problem[] =>
  [...given]
    .filter(([name, { isPublic }]) => isPublic && variables[name].secret)
    .map(([name]) => ({ variable: `${name}_FILE`, message: publicFile }));
