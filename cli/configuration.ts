import { readEnvironment } from '../connectors/environment/environment.ts';
import { ConfigurationError, type Environment, type Problem } from '../domain/configuration/read.ts';
import { redacted } from '../domain/configuration/redacted.ts';
import { processes, type Config, type ProcessName } from '../domain/configuration/variables.ts';
import { checkParts, type PartReport } from './reachability.ts';
import { plain, safeJson, table } from './terminal.ts';
import { exitStatus } from './usage-error.ts';

interface ProcessReport {
  process: ProcessName;
  /** What is wrong, a variable each. */
  problems: readonly Problem[];
  /** What the process would work with, without secrets; empty where something is wrong. */
  values: [string, string][];
}

const names = Object.keys(processes) as ProcessName[];

/** Checks the environment of this process and prints what is found; the exit status. */
export async function checkConfiguration({ json }: { json?: true }): Promise<number> {
  const configs = names.map((name) => [name, configOf(name, process.env)] as const);
  const environment = configs.map(([name, config]) => reportOf(name, config));
  const parts = await checkParts(Object.assign({}, ...configs.map(([, c]) => (c instanceof Error ? {} : c))) as Partial<Config>);
  const ok = environment.every((e) => e.problems.length === 0) && parts.every((part) => part.ok);
  process.stdout.write(`${json ? safeJson({ ok, environment, parts }) : printed({ ok, environment, parts })}\n`);
  return ok ? exitStatus.done : exitStatus.refused;
}

function configOf<P extends ProcessName>(name: P, env: Environment): Config<P> | ConfigurationError {
  try {
    return readEnvironment(name, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

const reportOf = (name: ProcessName, found: Config | ConfigurationError): ProcessReport =>
  found instanceof ConfigurationError
    ? { process: name, problems: found.problems, values: [] }
    : { process: name, problems: [], values: redacted(found) };

const printed = ({ ok, environment, parts }: { ok: boolean; environment: ProcessReport[]; parts: PartReport[] }): string =>
  [
    ...environment.map(section),
    `\nParts\n${table(parts.map((part) => [`  ${part.name}`, part.ok ? 'ok' : 'FAILS', part.detail]))}`,
    ok
      ? '\nEverything is right.'
      : '\nNot everything is right. A local stack (npm start) sets its own environment; this is for processes that you start yourself.',
  ].join('\n');

const section = ({ process: name, problems, values }: ProcessReport): string =>
  problems.length === 0
    ? `Environment of ${name}: right\n${table(values.map(([variable, value]) => [`  ${variable}`, plain(value)]))}`
    : `Environment of ${name}:\n${problems.map(({ variable, message }) => `  ${variable}: ${plain(message)}`).join('\n')}`;
