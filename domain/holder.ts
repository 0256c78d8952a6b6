import { z } from 'zod';

import { taxCodeProblem } from './tax-code.ts';

/** Text a person typed: trimmed, NFC, no control characters, so it can stand in a certificate, a mail and a PDF. */
export const text = (max: number) =>
  z
    .string()
    .transform((s) => s.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, 'Write something here')
        .max(max, `At most ${max} characters`)
        .regex(/^[^\u0000-\u001f\u007f<>]*$/, 'No control characters, < or >'),
    );

/** Calendar date, ISO 8601 (YYYY-MM-DD). */
export const IsoDate = z.iso.date('Write a date as YYYY-MM-DD');

export const TaxCode = z
  .string()
  .transform((s) => s.replaceAll(' ', '').toUpperCase())
  .superRefine((code, ctx) => {
    const problem = taxCodeProblem(code);
    if (problem === 'shape') ctx.addIssue({ code: 'custom', message: 'A tax code has 16 letters and digits, such as RSSMRA85T10A562S' });
    if (problem === 'check') ctx.addIssue({ code: 'custom', message: 'The check character does not fit: read the tax code again' });
  });

export const EmailAddress = z.string().trim().toLowerCase().pipe(z.email('Write an e-mail address such as anna.rossi@example.it').max(120));

/** Values of the fields that this installation adds, by their code; `fieldValues` checks them. */
export const Extra = z.record(z.string(), z.union([z.string().max(1000, 'At most 1000 characters'), z.number()]));
export type Extra = z.infer<typeof Extra>;

export const documentKinds = ['identity_card', 'passport', 'driving_licence', 'residence_permit'] as const;

export const IdentityDocument = z.object({
  kind: z.enum(documentKinds),
  number: text(30),
  issuer: text(80),
  expiresOn: IsoDate,
});

/** Personal data of a holder as registered face to face. */
export const HolderData = z.object({
  givenName: text(60),
  familyName: text(60),
  birthDate: IsoDate,
  birthPlace: text(80),
  taxCode: TaxCode,
  email: EmailAddress,
  document: IdentityDocument,
  extra: Extra.default({}),
});
export type HolderData = z.infer<typeof HolderData>;

/** The most that the common name of a certificate holds (X.520, ub-common-name). */
const COMMON_NAME = 64;

/** Rules over several fields, and those that need today's date (ISO, the registering office's): pointers are relative to the holder. Empty when all hold. */
export function holderProblems(
  holder: Pick<HolderData, 'givenName' | 'familyName' | 'birthDate' | 'document'>,
  today: string,
): { pointer: string; message: string }[] {
  const problems = [];
  if (holder.birthDate > today) problems.push({ pointer: '/birthDate', message: 'The date of birth is in the future' });
  if (holder.birthDate < '1900-01-01') problems.push({ pointer: '/birthDate', message: 'The date of birth is before 1900' });
  if (holder.document.expiresOn < today) {
    problems.push({ pointer: '/document/expiresOn', message: 'The document has expired: ask for a valid one' });
  }
  if (holder.givenName.length + 1 + holder.familyName.length > COMMON_NAME) {
    problems.push({
      pointer: '/familyName',
      message: 'Both names together may have 63 characters in a certificate: leave out a further name',
    });
  }
  return problems;
}
