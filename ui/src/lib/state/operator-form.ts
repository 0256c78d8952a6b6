import './zod-without-eval.ts';

import { z } from 'zod';

import { visibilities } from '#domain/actor.ts';
import { EmailAddress, TaxCode, text } from '#domain/holder.ts';
import type { GivenRole, Operator } from '#lib/api/types.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import { beginOf, dayOf, endOf } from './days.ts';
import { Form } from './form.svelte.ts';

const period = { validFrom: z.string().transform(beginOf), validUntil: z.string().transform(endOf) };

const Person = z.object({
  givenName: text(60),
  familyName: text(60),
  email: EmailAddress,
  locale: z.enum(['it', 'en']),
  taxCode: z.preprocess((value) => (value === '' ? null : value), TaxCode.nullable()),
  ...period,
});

const Terms = z.object({ visibility: z.enum(visibilities), ...period });
const Grant = z.object({ role: z.string().min(1, 'Choose one'), unitId: z.string().min(1, 'Choose one'), ...Terms.shape });

/** A form over what is known of an operator. */
export const personForm = (known?: Operator) =>
  new Form<z.output<typeof Person>>({
    schema: Person,
    initial: {
      '/givenName': known?.givenName ?? '',
      '/familyName': known?.familyName ?? '',
      '/email': known?.email ?? '',
      '/locale': known?.locale ?? i18n.locale,
      '/taxCode': known?.taxCode ?? '',
      '/validFrom': dayOf(known?.validFrom ?? null),
      '/validUntil': dayOf(known?.validUntil ?? null),
    },
  });

/** A form over a role in a unit. */
export const grantForm = () =>
  new Form<z.output<typeof Grant>>({
    schema: Grant,
    initial: { '/unitId': '', '/role': '', '/visibility': 'office', '/validFrom': '', '/validUntil': '' },
  });

/** A form over what may change of a role that somebody has. */
export const termsForm = (given: GivenRole) =>
  new Form<z.output<typeof Terms>>({
    schema: Terms,
    initial: {
      '/visibility': given.visibility,
      '/validFrom': given.state === 'not_yet' ? dayOf(given.validFrom) : '',
      '/validUntil': given.state === 'ended' ? '' : dayOf(given.validUntil),
    },
  });

/** What the fields are called, for the summary of errors. */
export function operatorLabels(): Record<string, string> {
  const t = i18n.t.operators;
  return {
    ...{ '/givenName': t.givenName, '/familyName': t.familyName, '/email': t.email, '/locale': t.locale, '/taxCode': t.taxCode },
    ...{ '/unitId': t.unit, '/role': t.role, '/visibility': t.sees, '/validFrom': t.from, '/validUntil': t.until },
  };
}
