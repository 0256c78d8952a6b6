import {
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';

import { errorCodes, failure, type ErrorCode } from '../domain/errors.ts';
import { answerTo, refusal } from './errors.ts';

const id = '0199a1c2-0000-7000-8000-000000000001';
const pauses: Partial<Record<ErrorCode, string>> = { still_running: '2', unavailable: '5' };
const codes = Object.keys(errorCodes) as ErrorCode[];

test.each(codes)('%s becomes its problem document, also out of a workflow', (code) => {
  const error = failure(code, 'Do this next.', [{ pointer: '/a', message: 'wrong' }]);
  const wrapped = new WorkflowUpdateFailedError('Workflow Update failed', error);
  for (const e of [error, wrapped, new Error('outer', { cause: wrapped })]) {
    expect(answerTo(e, id)).toEqual({
      status: errorCodes[code].status,
      headers: pauses[code] ? { 'Retry-After': pauses[code] } : {},
      body: {
        type: `urn:smartcms:problem:${code}`,
        title: errorCodes[code].title,
        status: errorCodes[code].status,
        code,
        detail: 'Do this next.',
        instance: `urn:uuid:${id}`,
        errors: [{ pointer: '/a', message: 'wrong' }],
      },
    });
  }
});

test.each([
  ['a defect', new TypeError('secret 123456 leaked')],
  ['a failure with a code nobody knows', ApplicationFailure.create({ type: 'made_up', message: 'secret 123456 leaked' })],
  [
    'a database error',
    Object.assign(new Error('insert into x values (secret 123456)'), { code: '23505', detail: 'Key (tax_code)=(secret)' }),
  ],
  ['something that is no error', 'secret 123456 leaked'],
])('%s is a bare 500', (_, error) => {
  const { status, body } = answerTo(error, id);
  expect([status, body.code]).toEqual([500, 'internal']);
  expect(JSON.stringify(body)).not.toContain('secret');
});

test.each([
  ['a database that refuses connections', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['a database that stops', Object.assign(new Error('terminating'), { code: '57P01' })],
  ['a database without a connection left', Object.assign(new Error('sorry, too many clients'), { code: '53300' })],
  ['a full disk', Object.assign(new Error('could not extend file'), { code: '53100' })],
  ['a deadlock', Object.assign(new Error('deadlock detected'), { code: '40P01' })],
  ['a serialization failure', Object.assign(new Error('could not serialize access'), { code: '40001' })],
  ['a standby', Object.assign(new Error('cannot execute INSERT'), { code: '25006' })],
  ['a database that was killed', new Error('select 1 - Connection terminated unexpectedly')],
  ['a transaction on a connection that is gone', new Error('ROLLBACK - Client has encountered a connection error and is not queryable')],
  ['a Temporal server that is away', new ServiceError('Failed to start', { cause: Object.assign(new Error('14'), { code: 14 }) })],
  ['a process that no worker serves now', new ServiceError('Update failed', { cause: Object.assign(new Error('9'), { code: 9 }) })],
  ['an update that got no answer in time', new WorkflowUpdateRPCTimeoutOrCancelledError('late')],
])('%s is 503', (_, error) => {
  expect(answerTo(error, id).body.code).toBe('unavailable');
});

test('a process that has ended is a wrong state', () => {
  expect(answerTo(new WorkflowNotFoundError('gone', 'request/1', undefined), id).body.code).toBe('wrong_state');
});

test('extensions: Retry-After in whole seconds, and what exists already', () => {
  expect(answerTo(refusal('too_many_attempts', 'Wait.', { retryAfterSeconds: 0.2 }), id).headers).toEqual({ 'Retry-After': '1' });
  expect(answerTo(refusal('duplicate', 'Open it.', { existing: id }), id).body.existing).toBe(id);
});
