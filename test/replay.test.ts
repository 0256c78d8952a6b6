import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';

import { workflowBundle } from '../worker/bundle.ts';
import { dataConverter } from '../workflows/codec/data-converter.ts';
import { fixedKeys } from './support/fixed-keys.ts';
import { guardedChange, releaseCopy, unguardedChange, type Changes } from './support/release-copy.ts';

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

interface Replay {
  change?: (history: { events: Record<string, unknown>[] }) => void;
  code?: typeof bundle;
}

async function replay(name: string, { change = () => {}, code = bundle }: Replay = {}): Promise<void> {
  const { workflowId, history } = read<{ workflowId: string; history: { events: Record<string, unknown>[] } }>(name);
  change(history);
  const options = { workflowBundle: code, dataConverter: dataConverter(fixedKeys(recorded.current, keys)) };
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
    replay('request-issued.json', {
      change: ({ events }) => {
        const scheduled = events.find((e) => 'activityTaskScheduledEventAttributes' in e)?.['activityTaskScheduledEventAttributes'];
        (scheduled as { activityType: { name: string } }).activityType.name = 'somethingElse';
      },
    }),
  ).rejects.toThrow(/[Nn]ondeterminism/);
});

/** The workflows of a next release, as a bundle. */
async function next(changes: Changes): Promise<typeof bundle> {
  const release = releaseCopy(changes);
  try {
    return await workflowBundle(join(release.dir, 'workflows/index.ts'));
  } finally {
    release.remove();
  }
}

test('a step that is added behind `patched` replays what ran without it', async () => {
  const code = await next(guardedChange);
  for (const name of ['request-issued.json', 'production-completed.json']) await replay(name, { code });
});

test('a step that is added without a guard does not replay, so such a release does not pass', async () => {
  await expect(replay('request-issued.json', { code: await next(unguardedChange) })).rejects.toThrow(/[Nn]ondeterminism/);
});
