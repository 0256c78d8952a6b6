import { extraLabels, extraValues } from './field-form.ts';
import { fieldsOf, fieldValues, onlyOf } from './field-schema.ts';
import { HolderData, holderProblems } from './holder-schema.ts';
import type { FieldSet } from '#domain/field-definition.ts';
import type { HolderInput, RequestDetail } from '#lib/api/types.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import { Form } from './form.svelte.ts';

/** Today where the office is, as a calendar date. */
const today = () => new Date().toLocaleDateString('sv-SE');

/**
 * A form over the personal data of a holder, and the fields of this set about the person and the request: empty, or with what is registered.
 * `toSend` parts what it gives.
 */
export const holderForm = (fields: FieldSet, request?: Pick<RequestDetail, 'data' | 'extra'>): Form<HolderData> => {
  const data = request?.data;
  return new Form({
    schema: HolderData.extend({ extra: fieldValues(fields.fields).prefault({}) }),
    also: (values) =>
      holderProblems(
        {
          givenName: values['/givenName'] ?? '',
          familyName: values['/familyName'] ?? '',
          birthDate: values['/birthDate'] ?? '',
          document: { expiresOn: values['/document/expiresOn'] ?? '' } as HolderData['document'],
        },
        today(),
      ),
    initial: {
      '/taxCode': data?.taxCode ?? '',
      '/givenName': data?.givenName ?? '',
      '/familyName': data?.familyName ?? '',
      '/birthDate': data?.birthDate ?? '',
      '/birthPlace': data?.birthPlace ?? '',
      '/email': data?.email ?? '',
      '/document/kind': data?.document.kind ?? '',
      '/document/number': data?.document.number ?? '',
      '/document/issuer': data?.document.issuer ?? '',
      '/document/expiresOn': data?.document.expiresOn ?? '',
      ...extraValues(fields, { ...data?.extra, ...request?.extra }),
    },
  });
};

/** The person's data and the values that are the request's own. */
export const toSend = (data: HolderData, fields: FieldSet): { holder: HolderInput; extra: HolderData['extra'] } => ({
  holder: { ...data, extra: onlyOf(fieldsOf(fields, 'holder'), data.extra) },
  extra: onlyOf(fieldsOf(fields, 'request'), data.extra),
});

/** Errors of the API that point into `holder` or `data`, as pointers of the form. */
export const withoutPrefix = (errors: { pointer: string; message: string }[], prefix: string) =>
  errors.map((e) => ({ ...e, pointer: e.pointer.startsWith(`${prefix}/`) ? e.pointer.slice(prefix.length) : e.pointer }));

/** What the fields are called, for the summary of errors. */
export function holderLabels(fields: FieldSet): Record<string, string> {
  const t = i18n.t.holder;
  return {
    '/taxCode': t.taxCode,
    '/givenName': t.givenName,
    '/familyName': t.familyName,
    '/birthDate': t.birthDate,
    '/birthPlace': t.birthPlace,
    '/email': t.email,
    '/document/kind': t.kind,
    '/document/number': t.docNumber,
    '/document/issuer': t.issuer,
    '/document/expiresOn': t.expiresOn,
    ...extraLabels(fields),
  };
}
