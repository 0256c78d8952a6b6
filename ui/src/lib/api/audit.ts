import { body, client } from './client.ts';
import type { AuditEvent, AuditFilter, Page, Verification } from './types.ts';

export const listEvents = (query: AuditFilter): Promise<Page<AuditEvent>> => body(client.GET('/audit/events', { params: { query } }));
export const verifyAudit = (): Promise<Verification> => body(client.GET('/audit/verification'));
