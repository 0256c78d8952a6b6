import { parseArgs } from 'node:util';

import { runDemo } from './demo.ts';
import { startServices } from './services.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const started = performance.now();
const say = (line: string) => console.log(line);

const services = await startServices({ say }).catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});

let stopping = false;
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  say('\nStopping ...');
  await services.stop();
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
for (const child of Object.values(services.processes)) {
  void child.exited.then((code) => {
    if (stopping) return;
    say(`\n${child.name} ended by itself (${code ?? 'killed'}). Its last lines:\n${child.logTail()}`);
    void stop(1);
  });
}

/** What was cut off by our own end is no failure; the process ends when everything has stopped. */
async function demoFailed(error: unknown): Promise<never> {
  if (!stopping) {
    console.error(`\nThe demonstration is not complete: ${error instanceof Error ? error.message : String(error)}`);
    console.error('The next npm start goes on with it.');
  }
  await stop(1);
  return new Promise<never>(() => {});
}

await runDemo({ url: services.url, validationUrl: services.validationUrl, mailUrl: services.mailUrl, say }).catch(demoFailed);

say(`
Ready after ${((performance.now() - started) / 1000).toFixed(0)} s

  Console    ${services.url}/
  Portal     ${services.url}/my
  API        ${services.url}/api/docs
  Mail       ${services.mailUrl}
  CRL        ${services.validationUrl}/crl/main.crl

  Sign in with the password smartcms-demo as
    ro@aurelia.example   registration officer   do@aurelia.example    delegated officer
    hd@aurelia.example   help desk              ao@aurelia.example    audit officer
    sa@aurelia.example   administrator          bo@aurelia.example    bureau officer
    do2@aurelia.example  second delegated officer

  This is a demonstration: the password is public and nothing is encrypted on the wire. Ctrl-C stops everything.`);

if (values.once) await stop(0);
