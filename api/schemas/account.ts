import { z } from 'zod';

import { authenticationMethods } from '../../domain/authentication.ts';
import { longestPassword, passwordAdvice, shortestPassword } from '../../domain/password.ts';
import { By, Id, shown, Time } from './common.ts';
import { Passkey, PasskeyAssertion } from './passkey.ts';
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

/** A code of an authenticator app, or a recovery code. */
const Code = z
  .string()
  .trim()
  .min(1, 'Write the code')
  .max(40)
  .transform((code) => code.replaceAll(' ', ''));
export const GivenCode = z.strictObject({ code: Code }).meta({ id: 'GivenCode' });
export const GivenFactor = z.union([GivenCode, z.strictObject({ passkey: PasskeyAssertion })]).meta({ id: 'GivenFactor' });

export const Proof = z
  .union([GivenCode, z.strictObject({ passkey: PasskeyAssertion }), z.strictObject({ password: GivenPassword })])
  .meta({ id: 'Proof' });

export const Account = z
  .object({
    login: z.string(),
    hasPassword: z.boolean(),
    passwordChangedAt: Time,
    totpSince: Time.nullable(),
    passkeys: z.array(Passkey),
    recoveryCodes: z.int().meta({ description: 'How many are left' }),
  })
  .meta({ id: 'Account' });

export const TotpEnrolment = z
  .object({ secret: z.string(), uri: z.string(), qr: z.string().meta({ description: 'The URI as a QR code, SVG' }) })
  .meta({ id: 'TotpEnrolment' });

export const RecoveryCodes = z
  .object({ codes: z.array(z.string()).meta({ description: 'Shown here and never again; each works once' }) })
  .meta({ id: 'RecoveryCodes' });

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
