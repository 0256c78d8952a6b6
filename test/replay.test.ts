import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';

import { workflowBundle } from '../worker/bundle.ts';
import { dataConverter } from '../workflows/codec/data-converter.ts';
import { fixedKeys } from './support/fixed-keys.ts';

const folder = join(import.meta.dirname, 'histories');
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const names = readdirSync(folder).filter((name) => name !== 'payload-keys.json');

/** Of a system that lived for the recording only. */
const recorded = read<{ current: string; keys: Record<string, string> }>('payload-keys.json');
const keys = new Map(Object.entries(recorded.keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));

let bundle: Awaited<ReturnType<typeof workflowBundle>>;
beforeAll(async () => {
  if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) });
  bundle = await workflowBundle();
});

async function replay(name: string, change: (history: { events: Record<string, unknown>[] }) => void = () => {}): Promise<void> {
  const { workflowId, history } = read<{ workflowId: string; history: { events: Record<string, unknown>[] } }>(name);
  change(history);
  const options = { workflowBundle: bundle, dataConverter: dataConverter(fixedKeys(recorded.current, keys)) };
  await Worker.runReplayHistory(options, proto.temporal.api.history.v1.History.fromObject(history), workflowId);
}

test('there is a history of each way that a process can go', () => {
  expect(names.length).toBeGreaterThanOrEqual(11);
});

test.each(names)('%s still replays', async (name) => {
  await replay(name);
});

test('a history in which another activity ran does not replay', async () => {
  await expect(
    replay('request-issued.json', ({ events }) => {
      const scheduled = events.find((e) => 'activityTaskScheduledEventAttributes' in e)?.['activityTaskScheduledEventAttributes'];
      (scheduled as { activityType: { name: string } }).activityType.name = 'somethingElse';
    }),
  ).rejects.toThrow(/[Nn]ondeterminism/);
});
