import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { failure } from '../domain/errors.ts';
import { fixedKeys } from '../test/support/fixed-keys.ts';
import { answerTo } from './errors.ts';
import { connectTemporal } from './temporal.ts';

const keys = fixedKeys('k', new Map([['k', randomBytes(32)]]));

test('a server that is away is told as unavailable within seconds, and closing leaves nothing behind', async () => {
  // Port 1 of loopback refuses every connection.
  const { client, close } = connectTemporal({ address: '127.0.0.1:1', namespace: 'none' }, keys);
  const error: unknown = await client.workflow.start('request', { workflowId: 'x', taskQueue: 'main' }).catch((e: unknown) => e);
  expect(answerTo(error, 'id').body.code).toBe('unavailable');
  const pending = client.connection.workflowService.describeNamespace({ namespace: 'none' }).catch((e: unknown) => e);
  await close();
  expect(await pending).toBeInstanceOf(Error);
});

test('while the HSM is away a start is told as such: its payload keys cannot be opened', async () => {
  const away = failure('hsm_unavailable', 'away');
  const closed = {
    get current(): string {
      throw away;
    },
    key: () => Promise.reject(away),
  };
  const { client, close } = connectTemporal({ address: '127.0.0.1:1', namespace: 'none' }, closed);
  const options = { workflowId: 'x', taskQueue: 'main', args: [1] };
  const error: unknown = await client.workflow.start('request', options).catch((e: unknown) => e);
  expect(answerTo(error, 'id').body.code).toBe('hsm_unavailable');
  await close();
});
