import type { Permission } from './permissions.ts';

/**
 * How somebody proved who they are, in words of RFC 8176: password, one-time code, a key kept in hardware (a passkey that does not leave its device),
 * in software (a synchronised one), or on a smart card (a client certificate).
 */
export const authenticationMethods = ['pwd', 'otp', 'hwk', 'swk', 'sc'] as const;
export type AuthenticationMethod = (typeof authenticationMethods)[number];

/** More than something that one knows. */
export const isStrong = (methods: readonly AuthenticationMethod[]): boolean => methods.some((method) => method !== 'pwd');

/** What a person may show beside the password. */
export const secondFactors = ['otp', 'passkey', 'recovery'] as const;
export type SecondFactor = (typeof secondFactors)[number];

/** Ways to prove again who one is, in the middle of a session. */
export const proofWays = ['password', ...secondFactors] as const;
export type ProofWay = (typeof proofWays)[number];

/** With these somebody causes a device or certificate to be issued, or gives somebody, or something, the means to. */
const issuing: readonly Permission[] = [
  ...(['request.decide', 'device.produce', 'code.print', 'profile.manage', 'operator.manage', 'role.manage'] as const),
  ...(['signin.manage', 'api_key.manage', 'key.rotate'] as const),
];

/** Whether who has these permissions must have shown a second factor or a certificate. */
export const needsStrongSignIn = (permissions: readonly Permission[]): boolean =>
  permissions.some((permission) => issuing.includes(permission));
