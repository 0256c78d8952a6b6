import { Model } from 'objection';

import type { ApprovalState } from '../../domain/approval.ts';
import type { Extra, HolderData } from '../../domain/holder.ts';
import type { ProvisioningModel } from '../../domain/profile.ts';
import type { RequestState, RequestWait } from '../../domain/request-state.ts';

/** A request for one device. */
export class Request extends Model {
  static override tableName = 'requests';
  static override jsonAttributes = ['data', 'approval', 'extra'];

  declare id: string;
  declare number: string;
  declare holderId: string;
  declare unitId: string;
  declare unitPath: string;
  declare profileId: string;
  declare model: ProvisioningModel;
  declare state: RequestState;
  declare registeredBy: string;
  declare reference: string | null;
  /** As approved: what is certified comes from here. */
  declare data: HolderData;
  /** Values of the fields that are about the request and not about its holder. */
  declare extra: Extra;
  /** Version of the definitions that it was made with. */
  declare fieldSet: number;
  /** Lower-case text that a search looks in. */
  declare search: string;
  declare approval: ApprovalState | null;
  declare round: number;
  declare waitsFor: RequestWait | null;
  declare waitingSince: Date | null;
  declare nextAttemptAt: Date | null;
  declare deadlineAt: Date | null;
  declare problemCode: string | null;
  declare problemDetail: string | null;
  declare workflowState: 'none' | 'pending_start' | 'started' | 'ended';
  declare deviceId: string | null;
  declare submittedBy: string | null;
  declare deliveredBy: string | null;
  declare closedByKind: string | null;
  declare closedBy: string | null;
  declare closingReason: string | null;
  declare submittedAt: Date | null;
  declare approvedAt: Date | null;
  declare producedAt: Date | null;
  declare deliveredAt: Date | null;
  declare activatedAt: Date | null;
  declare closedAt: Date | null;
  declare version: number;
  declare createdAt: Date;
  declare updatedAt: Date;
}
