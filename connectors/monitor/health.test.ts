import { expect, test } from 'vitest';

import { healthOf } from './health.ts';

test('each service is told by itself, without the text of its error', async () => {
  const report = await healthOf([
    { name: 'good', check: () => Promise.resolve() },
    { name: 'bad', check: () => Promise.reject(new Error('password secret')) },
  ]).report();
  expect(report.map(({ name, state }) => [name, state])).toEqual([
    ['good', 'ok'],
    ['bad', 'down'],
  ]);
  expect(JSON.stringify(report)).not.toContain('secret');
});

test('a service that does not answer is down after two seconds', async () => {
  const [service] = await healthOf([{ name: 'silent', check: () => new Promise(() => undefined) }]).report();
  expect(service).toEqual({ name: 'silent', state: 'down', detail: 'no answer in 2 s' });
});

test('asking often asks the services once', async () => {
  let asked = 0;
  const health = healthOf([{ name: 'counted', check: () => Promise.resolve(asked++) }]);
  await Promise.all([health.report(), health.report()]);
  await health.report();
  expect(asked).toBe(1);
});
