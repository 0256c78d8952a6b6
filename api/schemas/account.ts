import { z } from 'zod';

import { authenticationMethods } from '../../domain/authentication.ts';
import { longestPassword, passwordAdvice, shortestPassword } from '../../domain/password.ts';
import { By, Id, shown, Time } from './common.ts';
import { Login } from './session.ts';

/** A password to be set: its length; what the person makes of it is looked at by `assertGoodPassword`. */
export const NewPassword = z.string().min(shortestPassword, passwordAdvice.short).max(longestPassword, passwordAdvice.long);

/** A password to be compared: whatever somebody typed. */
export const GivenPassword = z.string().min(1).max(longestPassword);

export const PasswordChange = z.strictObject({ current: GivenPassword, password: NewPassword }).meta({ id: 'PasswordChange' });

export const PasswordResetRequest = z.strictObject({ login: Login }).meta({ id: 'PasswordResetRequest' });

export const PasswordReset = z
  .strictObject({ token: z.string().regex(/^[\w-]{43}$/, 'Open the link of the mail again'), password: NewPassword })
  .meta({ id: 'PasswordReset' });

export const Session = z
  .object({
    id: Id,
    /** The one that asks. */
    current: z.boolean(),
    who: By,
    login: z.string(),
    createdAt: Time,
    lastSeenAt: Time,
    address: z.string(),
    userAgent: z.string(),
    methods: z.array(shown(authenticationMethods)),
  })
  .meta({ id: 'Session' });
