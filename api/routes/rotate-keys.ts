import { v7 as uuid } from 'uuid';

import { newDataKey, rewrapped } from '../../connectors/hsm/data-keys.ts';
import { dataKeyStore } from '../../db/stores/data-keys.ts';
import { refOf, type ActorRef } from '../../domain/actor.ts';
import { operation } from '../operation.ts';
import { KeyRotation, KeyRotationInput } from '../schemas/keys.ts';
import type { Services } from '../services.ts';

export const rotateKeys = operation({
  method: 'post',
  path: '/keys/rotations',
  summary: 'Make a new data key, or put all data keys under a new wrapping key of the HSM; what was encrypted stays readable',
  permission: 'key.rotate',
  stepUp: true,
  body: KeyRotationInput,
  response: KeyRotation,
  status: 201,
  handle: ({ body: { kind }, actor }, services) =>
    kind === 'wrapping' ? rotateWrappingKey(services, refOf(actor)) : rotateDataKey(services, refOf(actor), kind),
});

async function rotateDataKey({ db, hsm }: Services, by: ActorRef, kind: 'codes' | 'payload') {
  const make = (wrappingKey: string) => newDataKey(hsm, { id: uuid(), purpose: kind, wrappingKey });
  const { id, usableFrom } = await dataKeyStore(db).rotate({ by, purpose: kind, make });
  return { kind, key: id, usableFrom: usableFrom.toISOString() };
}

/** The wrapping key before stays in the HSM: a backup of the database from before can only be opened with it. */
async function rotateWrappingKey({ db, hsm }: Services, by: ActorRef) {
  const now = new Date().toISOString();
  const key = `kek-${now.replaceAll(/[-:.]/g, '')}`;
  await hsm.ensureWrappingKey(key);
  await dataKeyStore(db).rewrap({ by, wrappingKey: key, rewrap: (dataKey) => rewrapped(hsm, dataKey, key) });
  return { kind: 'wrapping' as const, key, usableFrom: now };
}
