import { describeActor } from '../../db/reads/me.ts';
import type { SignedIn } from '../../db/reads/actor.ts';
import { isStrong, needsStrongSignIn } from '../../domain/authentication.ts';
import { permissions } from '../../domain/permissions.ts';
import { permits } from '../../domain/actor.ts';
import type { Services, Settings } from '../services.ts';

/** True for a session that may do nothing until a second factor was shown: its person may cause issuance, and showed a password only. */
export const lacksSecondFactor = ({ actor, methods }: SignedIn, { secondFactor }: Pick<Settings, 'secondFactor'>): boolean =>
  secondFactor === 'required' &&
  actor.via === 'session' &&
  !isStrong(methods) &&
  needsStrongSignIn(permissions.filter((permission) => permits(actor, permission)));

/** Who one is, and whether more must be shown before anything else. */
export async function describeMe({ db, settings }: Pick<Services, 'db' | 'settings'>, signedIn: SignedIn) {
  return { ...(await describeActor(db, signedIn.actor)), lacksSecondFactor: lacksSecondFactor(signedIn, settings) };
}
