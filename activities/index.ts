import { certificateActionActivities } from './certificate-actions.ts';
import { certificationActivities } from './certification.ts';
import { completionActivities } from './completion.ts';
import { crlActivities } from './crl.ts';
import { deliveryActivities } from './delivery.ts';
import { personalisationActivities } from './personalisation.ts';
import { productionActivities } from './productions.ts';
import { reconciliationActivities } from './reconciliation.ts';
import { requestActivities } from './requests.ts';
import { stationCardActivities } from './station-card.ts';
import { verificationActivities } from './verification.ts';

type PartsOf<Factory extends (parts: never) => unknown> = Parameters<Factory>[0];

/** Everything that activities are made of; each factory takes its part. */
export type ActivityParts = PartsOf<typeof certificateActionActivities> &
  PartsOf<typeof certificationActivities> &
  PartsOf<typeof completionActivities> &
  PartsOf<typeof crlActivities> &
  PartsOf<typeof deliveryActivities> &
  PartsOf<typeof personalisationActivities> &
  PartsOf<typeof productionActivities> &
  PartsOf<typeof reconciliationActivities> &
  PartsOf<typeof requestActivities> &
  PartsOf<typeof stationCardActivities> &
  PartsOf<typeof verificationActivities>;

export const createActivities = (parts: ActivityParts) => ({
  ...certificateActionActivities(parts),
  ...certificationActivities(parts),
  ...completionActivities(parts),
  ...crlActivities(parts),
  ...deliveryActivities(parts),
  ...personalisationActivities(parts),
  ...productionActivities(parts),
  ...reconciliationActivities(parts),
  ...requestActivities(parts),
  ...stationCardActivities(parts),
  ...verificationActivities(parts),
});

/** The only thing that workflows import from here, and only as a type. */
export type Activities = ReturnType<typeof createActivities>;
