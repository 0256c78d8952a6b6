import { z } from 'zod';

import { text } from '../../domain/holder.ts';
import { Id, Time } from './common.ts';

/** Bytes as the browser hands them over. */
const Base64Url = z
  .string()
  .min(1)
  .max(8192)
  .regex(/^[\w-]+$/, 'base64url');

/** What an authenticator answered to `navigator.credentials.create` (WebAuthn, RegistrationResponseJSON), without what nobody looks at. */
export const PasskeyRegistration = z
  .strictObject({
    id: Base64Url,
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(40)).max(10).default([]),
  })
  .meta({ id: 'PasskeyRegistration' });

/** What an authenticator answered to `navigator.credentials.get` (WebAuthn, AuthenticationResponseJSON). */
export const PasskeyAssertion = z
  .strictObject({ id: Base64Url, clientDataJSON: Base64Url, authenticatorData: Base64Url, signature: Base64Url })
  .meta({ id: 'PasskeyAssertion' });

export const PasskeyInput = z.strictObject({ name: text(60), passkey: PasskeyRegistration }).meta({ id: 'PasskeyInput' });

/** Options for the browser, as WebAuthn has them. */
export const PasskeyOptions = z
  .object({ options: z.record(z.string(), z.unknown()).meta({ description: 'PublicKeyCredential…OptionsJSON of WebAuthn' }) })
  .meta({ id: 'PasskeyOptions' });

export const Passkey = z
  .object({ id: Id, name: z.string(), synced: z.boolean(), createdAt: Time, lastUsedAt: Time.nullable() })
  .meta({ id: 'Passkey' });
