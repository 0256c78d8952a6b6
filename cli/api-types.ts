// What the commands read of the API's answers; the whole is in /api/openapi.json.
import type { Permission } from '../domain/permissions.ts';
import type { Visibility } from '../domain/actor.ts';
import type { ProductionState } from '../domain/production.ts';
import type { RequestState } from '../domain/request-state.ts';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Me {
  kind: 'operator' | 'holder';
  id: string;
  name: string;
  permissions: Permission[];
  assignments: { id: string; role: string; unit: { id: string; name: string }; visibility: Visibility }[];
}

export interface Meta {
  profile: 'demo' | 'test' | 'production';
  validationUrl: string;
  demoSignIns?: { login: string; password: string; role: string; unit: string }[];
}

export interface Unit {
  id: string;
  parentId: string | null;
  kind: 'organization' | 'division' | 'office';
  code: string;
  name: string;
}

export interface DeviceProfile {
  id: string;
  code: string;
  model: string;
}

export interface Station {
  id: string;
  code: string;
  name: string;
  kind: 'virtual' | 'keychain';
  unit: { id: string; name: string };
  stock: number;
}

export interface RequestSummary {
  id: string;
  number: string;
  state: RequestState;
  unit: { id: string; name: string };
  reference: string | null;
  version: number;
}

export interface RequestDetail extends RequestSummary {
  registeredBy: { id: string; name: string };
  approval: { step: number; votes: { step: number; by: { id: string }; verdict: string; voided: boolean }[] } | null;
  waits: { for: string | null; problem: { code: string; detail: string } | null };
  device: { id: string; serial: string; state: string } | null;
  production: { state: ProductionState; stationId: string; problem: { code: string; detail: string } | null } | null;
  certificates: { id: string; slot: string; state: string }[];
}

export interface Home {
  waiting: {
    kind: string;
    number: string;
    holder: string;
    profile: { en: string };
    problem: string | null;
    since: string;
    dueAt: string | null;
  }[];
  figures: Record<string, number>;
  services: { name: string; state: string; detail: string }[];
}

export interface OperatorImportReport {
  rows: {
    line: number;
    outcome: 'created' | 'changed' | 'unchanged' | 'refused';
    errors: { column: string; message: string; code: string }[];
  }[];
}

export interface AuditVerification {
  ok: boolean;
  events: number;
  seals: number;
  head: { seq: number | string; hash: string } | null;
  firstWrong: { seq: number | string; reason: string } | null;
  restores: { seq: number | string; at: string; known: number | string; found: number | string; reason: string }[];
  checkedAt: string;
}

export interface KeyRotation {
  kind: 'codes' | 'payload' | 'wrapping';
  key: string;
  usableFrom: string;
}

export interface Finding {
  what: string;
  objectId: string;
  label: string;
  rowState: string | null;
  otherState: string;
  done: string | null;
}

export interface ReconciliationReport {
  id: string;
  checked: number;
  endedAt: string | null;
  findings: Finding[];
  more: boolean;
}
