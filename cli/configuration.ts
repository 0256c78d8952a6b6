import { readConfig as readApiConfig } from '../api/config.ts';
import { readConfig as readWorkerConfig, ValidationEnvironment, WorkerEnvironment } from '../worker/config.ts';
import { checkParts, type PartReport } from './reachability.ts';
import { plain, safeJson, table } from './terminal.ts';
import { exitStatus } from './usage-error.ts';

interface ProcessReport {
  process: 'api' | 'worker' | 'validation';
  /** One line a variable that is wrong. */
  problems: string[];
}

/** Checks the environment of this process and prints what is found; the exit status. */
export async function checkConfiguration({ json }: { json?: true }): Promise<number> {
  const environment = [
    problemsOf('api', readApiConfig),
    problemsOf('worker', (env) => readWorkerConfig(WorkerEnvironment, env)),
    problemsOf('validation', (env) => readWorkerConfig(ValidationEnvironment, env)),
  ];
  const parts = await checkParts(process.env);
  const ok = environment.every((e) => e.problems.length === 0) && parts.every((part) => part.ok);
  process.stdout.write(`${json ? safeJson({ ok, environment, parts }) : printed({ ok, environment, parts })}\n`);
  return ok ? exitStatus.done : exitStatus.refused;
}

function problemsOf(name: ProcessReport['process'], read: (env: NodeJS.ProcessEnv) => unknown): ProcessReport {
  try {
    read(process.env);
    return { process: name, problems: [] };
  } catch (error) {
    const [first = '', ...lines] = (error as Error).message.split('\n');
    return { process: name, problems: lines.length > 0 ? lines.map(problemOf) : [first] };
  }
}

/** A variable that is not there reads so, whatever the schema calls it. */
const problemOf = (line: string): string => line.trim().replace(/: Invalid input: .*received undefined$/, ' is not set');

const printed = ({ ok, environment, parts }: { ok: boolean; environment: ProcessReport[]; parts: PartReport[] }): string =>
  [
    ...environment.map(({ process: name, problems }) =>
      problems.length === 0
        ? `Environment of the ${name}: complete`
        : `Environment of the ${name}:\n${problems.map((p) => `  ${plain(p)}`).join('\n')}`,
    ),
    `\nParts\n${table(parts.map((part) => [`  ${part.name}`, part.ok ? 'ok' : 'FAILS', part.detail]))}`,
    ok
      ? '\nEverything is right.'
      : '\nNot everything is right. A local stack (npm start) sets its own environment; this is for processes that you start yourself.',
  ].join('\n');
