import { v7 as uuid } from 'uuid';
import type { z } from 'zod';

import { permits, refOf, type OperatorActor } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import type { VersionedFields } from '../../domain/field-definition.ts';
import { currentFields } from '../../db/reads/fields.ts';
import { requestDetail } from '../../db/reads/request-detail.ts';
import { assertUnit, assertVisible, isVisible } from '../../db/reads/visible-to.ts';
import { holderStore } from '../../db/stores/holders.ts';
import { requestStore } from '../../db/stores/requests.ts';
import { checkedExtra, checkedHolder } from '../field-rules.ts';
import { operation } from '../operation.ts';
import { startRequest } from '../processes.ts';
import { RequestCreate, RequestDetail } from '../schemas/request.ts';
import type { Services } from '../services.ts';

export const createRequest = operation({
  method: 'post',
  path: '/requests',
  summary: 'Register a request for a device, with its holder if the person is new; the same reference in a unit is the same request',
  permission: 'request.create',
  body: RequestCreate,
  response: RequestDetail,
  status: 201,
  handle: async ({ body, actor, newId }, services) => {
    const { db } = services;
    const { unitId, profileId, submit, reference } = body;
    await assertUnit(db, actor, 'request.create', unitId);
    if (submit) await assertUnit(db, actor, 'request.submit', unitId);
    const fields = await currentFields(db);
    const holder = await holderOf({ body, actor, fields }, services);
    const extra = checkedExtra(body.extra, fields.set);
    const request = await requestStore(db).create({
      ...{ by: refOf(actor), id: newId, unitId, profileId, holder, extra, fields, submit },
      ...(reference !== undefined && { reference }),
    });
    if (request.state === 'submitted') await startRequest(services, request.id);
    return requestDetail(db, actor, request.id);
  },
});

interface Asked {
  body: z.output<typeof RequestCreate>;
  actor: OperatorActor;
  fields: VersionedFields;
}

async function holderOf({ body, actor, fields }: Asked, { db }: Services) {
  const { holderId, holder, unitId } = body;
  if (holderId !== undefined) {
    await assertVisible(db, actor, 'holder.read', { table: 'holders', id: holderId });
    return { id: holderId };
  }
  if (!holder)
    throw failure('invalid_input', 'Give either holderId or holder.', [{ pointer: '/holder', message: 'Give either holderId or holder' }]);
  if (!permits(actor, 'holder.create')) throw failure('forbidden', 'You may not register persons: choose one who is registered.');
  await assertUnit(db, actor, 'holder.create', unitId);
  const data = checkedHolder(holder, '/holder', fields.set);
  // A person whom the unit knows is brought up to date: not by somebody who may not see and change them.
  const known = await holderStore(db).findByTaxCode({ unitId, taxCode: data.taxCode });
  if (known && !(await isVisible(db, actor, 'holder.update', { table: 'holders', id: known.id })))
    throw failure('duplicate', 'A colleague registered this person here. Ask them, or whoever sees the whole office, to make the request.');
  return { newId: uuid(), data };
}
