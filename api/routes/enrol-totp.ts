import bwipjs from 'bwip-js/node';

import { describeAccount } from '../../db/reads/account.ts';
import { refOf } from '../../domain/actor.ts';
import { enrolTotp as enrol } from '../auth/totp.ts';
import { operation } from '../operation.ts';
import { TotpEnrolment } from '../schemas/account.ts';

export const enrolTotp = operation({
  method: 'post',
  path: '/account/totp',
  summary: 'Begin to set up an authenticator app; it counts once a code of it was shown',
  permission: 'signed_in',
  stepUp: true,
  response: TotpEnrolment,
  status: 201,
  answersOnce: true,
  handle: async ({ actor, identity: { accountId } }, services) => {
    const { login } = await describeAccount(services.db, accountId);
    const { secret, uri } = await enrol(services, { by: refOf(actor), accountId, login });
    return { secret, uri, qr: bwipjs.toSVG({ bcid: 'qrcode', text: uri, padding: 4 } as Parameters<typeof bwipjs.toSVG>[0]) };
  },
});
