import { auditEvents } from '../../db/reads/audit.ts';
import { given } from '../given.ts';
import { operation } from '../operation.ts';
import { AuditEvent, AuditQuery } from '../schemas/audit.ts';
import { page } from '../schemas/common.ts';

export const listAuditEvents = operation({
  method: 'get',
  path: '/audit/events',
  summary: 'Who did what, with the values before and after; newest first',
  permission: 'audit.read',
  query: AuditQuery,
  response: page(AuditEvent).meta({ id: 'AuditEventPage' }),
  handle: ({ query, actor }, { db, auditDb }) => auditEvents({ audit: auditDb, operations: db }, actor, given(query)),
});
