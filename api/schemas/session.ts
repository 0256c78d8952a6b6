import { z } from 'zod';

import { visibilities } from '../../domain/actor.ts';
import { permissions } from '../../domain/permissions.ts';
import { Id, LocalText, Named, shown } from './common.ts';

/** A login as people type it; no control characters, so it can stand in the audit. */
export const Login = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f]*$/);

export const SignIn = z.strictObject({ login: Login, password: z.string().min(1).max(200) }).meta({ id: 'SignIn' });

/** What a browser brings that came to sign in: the page it wanted. */
export const SignInQuery = z.strictObject({ next: z.string().max(2000).optional() });

/** What a provider of single sign-on sends a browser back with. */
export const ProviderAnswer = z.looseObject({ state: z.string().max(200) }).catchall(z.string().max(4000));

/** What the form of a SAML provider brings (SAML 2.0 bindings, 3.5.4). */
export const PostedAnswer = z
  .strictObject({ SAMLResponse: z.string().min(1).max(200_000), RelayState: z.string().max(200) })
  .meta({ id: 'PostedAnswer' });

export const Me = z
  .object({
    kind: shown(['operator', 'holder']),
    id: Id,
    name: z.string(),
    locale: shown(['it', 'en']),
    permissions: z.array(shown(permissions)),
    /** Nothing may be done before a second factor was set up or shown. */
    lacksSecondFactor: z.boolean(),
    assignments: z.array(z.object({ id: Id, role: z.string(), roleNames: LocalText, unit: Named, visibility: shown(visibilities) })),
  })
  .meta({ id: 'Me' });

export const Meta = z
  .object({
    profile: shown(['demo', 'test', 'production']),
    validationUrl: z.string(),
    portalUrl: z.string(),
    /** Whether who may cause issuance must show more than a password. */
    secondFactor: shown(['required', 'optional']),
    /** Whether passkeys can be made: they belong to a name, and this installation may be reached by an address. */
    passkeys: z.boolean(),
    cardSignInUrl: z.string().optional().meta({ description: 'Where a card signs in: a browser that goes there comes back signed in' }),
    sources: z
      .array(Named.extend({ url: z.string() }))
      .meta({ description: 'Single sign-on: a browser that goes there comes back signed in' }),
    demoSignIns: z.array(z.object({ login: z.string(), password: z.string(), role: z.string(), unit: z.string() })).optional(),
  })
  .meta({ id: 'Meta' });
