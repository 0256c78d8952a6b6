import type { PlannedAction } from '../db/stores/action-rows.ts';

/** An action as the workflows know it. */
export interface StartableAction extends Omit<PlannedAction, 'id'> {
  actionId: string;
}

export const startable = ({ id, certificateId, ca, kind, n }: PlannedAction): StartableAction => ({
  actionId: id,
  certificateId,
  ca,
  kind,
  n,
});
