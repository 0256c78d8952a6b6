import { HolderData, holderProblems } from './holder-schema.ts';
import type { RequestDetail } from '#lib/api/types.ts';
import { i18n } from '#lib/i18n/i18n.svelte.ts';

import { Form } from './form.svelte.ts';

/** Today where the office is, as a calendar date. */
const today = () => new Date().toLocaleDateString('sv-SE');

/** A form over the personal data of a holder: empty, or with what is registered. */
export const holderForm = (data?: RequestDetail['data']): Form<HolderData> =>
  new Form({
    schema: HolderData,
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
    },
  });

/** Errors of the API that point into `holder` or `data`, as pointers of the form. */
export const withoutPrefix = (errors: { pointer: string; message: string }[], prefix: string) =>
  errors.map((e) => ({ ...e, pointer: e.pointer.startsWith(`${prefix}/`) ? e.pointer.slice(prefix.length) : e.pointer }));

/** What the fields are called, for the summary of errors. */
export function holderLabels(): Record<string, string> {
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
  };
}
