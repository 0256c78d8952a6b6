/**
 * How somebody proved who they are, in words of RFC 8176: password, one-time code, a key kept in hardware (a passkey that does not leave its device),
 * in software (a synchronised one), or on a smart card (a client certificate).
 */
export const authenticationMethods = ['pwd', 'otp', 'hwk', 'swk', 'sc'] as const;
export type AuthenticationMethod = (typeof authenticationMethods)[number];
