import { logProblems } from './log-environment.ts';
import { productionProblems } from './production.ts';
import { processes, variables, type Config, type ProcessName, type Value, type VariableName } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
/** What a file holds, and whether every user of the machine may read it. Throws when it cannot be read. */
export type ReadFile = (path: string) => { text: string; isPublic: boolean };

/** One thing that is wrong: which variable, and what to do. Holds no value. */
export interface Problem {
  variable: string;
  message: string;
}

/** All that is wrong with an environment, at once. */
export class ConfigurationError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`The environment is not right:\n${problems.map(({ variable, message }) => `  ${variable}: ${message}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** The configuration of a process from its environment. Throws a ConfigurationError that names every variable that is wrong. */
export function readConfiguration<P extends ProcessName>(process: P, env: Environment, readFile: ReadFile): Config<P> {
  const problems: Problem[] = [];
  const given = gather({ names: processes[process], env, readFile, problems });
  const config = parse(given, problems);
  const isStrict = (config.SMARTCMS_PROFILE ?? 'production') === 'production';
  problems.push(
    ...pairProblems(config),
    ...cardProblems(config),
    ...logProblems(config),
    ...(isStrict ? productionProblems(config, given, readFile) : []),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config as unknown as Config<P>;
}

/** A value as it was given, before it is parsed. */
export interface Given {
  value: string | undefined;
  /** It came from a file that everybody may read. */
  isPublic: boolean;
  /** It was named but could not be had: that is told already. */
  isBroken?: true;
}
export type GivenValues = ReadonlyMap<VariableName, Given>;
/** What could be parsed. */
export type Parsed = { [N in VariableName]?: Value<N> | undefined };

interface Gathering {
  names: readonly VariableName[];
  env: Environment;
  readFile: ReadFile;
  problems: Problem[];
}

const gather = ({ names, ...rest }: Gathering): GivenValues => new Map(names.map((name) => [name, valueOf(name, rest)]));

/** An empty variable is one that is not set: compose files and unit files cannot leave one out. */
function valueOf(name: VariableName, { env, readFile, problems }: Omit<Gathering, 'names'>): Given {
  const [itself, path] = [env[name] || undefined, env[`${name}_FILE`] || undefined];
  if (path === undefined) return { value: itself, isPublic: false };
  if (itself !== undefined) {
    problems.push({ variable: name, message: `is set twice: remove ${name} or ${name}_FILE` });
    return { value: undefined, isPublic: false, isBroken: true };
  }
  try {
    const { text, isPublic } = readFile(path);
    return { value: text.trim(), isPublic };
  } catch {
    problems.push({ variable: `${name}_FILE`, message: `the file ${path} cannot be read: make it and let this user read it` });
    return { value: undefined, isPublic: false, isBroken: true };
  }
}

function parse(given: GivenValues, problems: Problem[]): Parsed {
  const config: Record<string, unknown> = {};
  for (const [name, { value, isBroken }] of given) {
    if (isBroken) continue;
    const result = variables[name].schema.safeParse(value);
    if (result.success) config[name] = result.data;
    else
      problems.push({ variable: name, message: value === undefined ? `is not set: ${variables[name].meaning}` : messageOf(result.error) });
  }
  return config as Parsed;
}

const messageOf = ({ issues }: { issues: readonly { message: string }[] }): string => issues.map(({ message }) => message).join('; ');

/** What makes sense only together. */
function pairProblems(config: Parsed): Problem[] {
  const pairs = [
    ['TLS_CERT', 'TLS_KEY'],
    ['TEMPORAL_TLS_CERT', 'TEMPORAL_TLS_KEY'],
  ] as const;
  return pairs
    .filter(([a, b]) => Boolean(config[a]) !== Boolean(config[b]))
    .map(([a, b]) => ({ variable: config[a] ? b : a, message: `goes with ${config[a] ? a : b}: set both or none` }));
}

/** A card signs in at an address that asks for its certificate and whose session cookie is the console's. */
function cardProblems(config: Parsed): Problem[] {
  const { CARD_SIGN_IN_URL: url, CARD_SIGN_IN_PORT: port, PROXY_SECRET: secret, PUBLIC_URL: publicUrl } = config;
  if (secret && !config.TRUSTED_PROXIES) return [{ variable: 'TRUSTED_PROXIES', message: 'must name the proxy that PROXY_SECRET is of' }];
  if (port !== undefined && !config.TLS_CERT) return [{ variable: 'CARD_SIGN_IN_PORT', message: 'goes with TLS_CERT: set both or none' }];
  const asks = secret !== undefined || port !== undefined;
  if (asks !== (url !== undefined))
    return [{ variable: 'CARD_SIGN_IN_URL', message: 'goes with CARD_SIGN_IN_PORT or PROXY_SECRET: set it with one of them, or none' }];
  if (url && publicUrl && hostOf(url) !== hostOf(publicUrl))
    return [{ variable: 'CARD_SIGN_IN_URL', message: 'must have the scheme and host of PUBLIC_URL: the session cookie is for that host' }];
  return [];
}

const hostOf = (url: string): string => `${new URL(url).protocol}//${new URL(url).hostname}`;
