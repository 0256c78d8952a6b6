import type { components, paths } from './schema.d.ts';

type Schemas = components['schemas'];
type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

// The answers of the API as the screens name them; all shapes are those of api/openapi.json.
export type Me = Schemas['Me'];
export type Assignment = Me['assignments'][number];
export type Meta = Schemas['Meta'];
export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Account = Schemas['Account'];
export type OwnSession = Schemas['Session'];

/** Personal data as they come in. */
export type HolderInput = Schemas['HolderInput'];
export type HoldInput = Schemas['HoldInput'];
export type RevocationInput = Schemas['RevocationInput'];

export type Home = Schemas['Home'];
export type Waiting = Home['waiting'][number];
export type Figures = Home['figures'];
export type IssuedDay = Home['issuedPerDay'][number];

export type Unit = Schemas['Unit'];
export type UnitFilter = Query<'/units'>;
export type UnitDetail = Schemas['UnitDetail'];
export type UnitInput = Schemas['UnitInput'];
export type UnitOpening = Schemas['UnitOpening'];
export type UnitLabels = Schemas['UnitLabels'];
export type Profile = Schemas['DeviceProfileSummary'];
export type Station = Schemas['Station'];

export type RequestFilter = Query<'/requests'>;
export type RequestRow = Schemas['RequestSummary'];
export type NewRequest = Schemas['RequestCreate'];
export type RequestDetail = Schemas['RequestDetail'];
export type Production = Schemas['Production'];
export type JournalStep = Production['steps'][number];

export type HolderFilter = Query<'/holders'>;
export type HolderRow = Schemas['Holder'];

export type DeviceFilter = Query<'/devices'>;
export type DeviceRow = Schemas['DeviceSummary'];
export type DeviceDetail = Schemas['DeviceDetail'];
export type Hold = DeviceDetail['holds'][number];
export type Certificate = DeviceDetail['certificates'][number];
export type CertificateAction = Certificate['actions'][number];
export type PortalDevice = Schemas['PortalDevice'];

export type AuditFilter = Query<'/audit/events'>;
export type AuditEvent = Schemas['AuditEvent'];
export type Verification = Schemas['AuditVerification'];

export type LogFilter = Query<'/log-entries'>;
export type LogEntry = Schemas['LogEntry'];
export type LogLevels = Schemas['Logging'];

export type OperatorFilter = Query<'/operators'>;
export type Operator = Schemas['Operator'];
export type OperatorInput = Schemas['OperatorInput'];
export type OperatorCreate = Schemas['OperatorCreate'];
export type OperatorImport = Schemas['OperatorImport'];
export type OperatorImportReport = Schemas['OperatorImportReport'];
/** A role of an operator in a unit. */
export type GivenRole = Schemas['Assignment'];
export type AssignmentInput = Schemas['AssignmentInput'];
export type AssignmentChange = Schemas['AssignmentChange'];
export type AccessQuery = Query<'/operators/{id}/access'>;
export type AccessAnswer = Schemas['AccessAnswer'];

export type Role = Schemas['Role'];
export type ApiKey = Schemas['ApiKey'];
export type ApiKeyInput = Schemas['ApiKeyInput'];
export type NewApiKey = Schemas['NewApiKey'];
export type RoleInput = Schemas['RoleInput'];
export type RoleCreate = Schemas['RoleCreate'];
export type SeparationRule = Schemas['SeparationRule'];
export type SeparationInput = Schemas['SeparationInput'];
export type SignInSource = Schemas['SignInSource'];
export type SignInSourceInput = Schemas['SignInSourceInput'];
export type SignInSourceVerdict = Schemas['SignInSourceVerdict'];
