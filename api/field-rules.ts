import { failure, type FieldError } from '../domain/errors.ts';
import { fieldsOf, onlyOf, type FieldDefinition, type FieldSet, type FieldSubject } from '../domain/field-definition.ts';
import { fieldValues } from '../domain/field-values.ts';
import { holderProblems, type Extra, type HolderData } from '../domain/holder.ts';
import type { FieldChoice } from '../db/reads/field-filter.ts';

/** The calendar day at the registering offices; `sv-SE` writes ISO dates. */
const today = (): string => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Rome' });

/** The data with every value of an added field in its normal form. Throws `invalid_input`; `at` is the pointer of the holder in the body. */
export function checkedHolder(data: HolderData, at: string, set: FieldSet): HolderData {
  const { extra, errors } = readExtra(data.extra, fieldsOf(set, 'holder'));
  const problems = [...holderProblems(data, today()), ...errors].map(({ pointer, message }) => ({ pointer: `${at}${pointer}`, message }));
  if (problems.length > 0) throw wrong(problems);
  return { ...data, extra };
}

/** The values of the fields that are about a request. */
export function checkedExtra(given: Extra, set: FieldSet): Extra {
  const { extra, errors } = readExtra(given, fieldsOf(set, 'request'));
  if (errors.length > 0) throw wrong(errors);
  return extra;
}

const wrong = (errors: FieldError[]) => failure('invalid_input', 'Some fields are wrong. Correct them and send again.', errors);

function readExtra(given: Extra, fields: FieldDefinition[]): { extra: Extra; errors: FieldError[] } {
  const { data = {}, error } = fieldValues(fields).safeParse(given);
  return { extra: data, errors: error?.issues.map(({ path, message }) => ({ pointer: `/extra/${path.join('/')}`, message })) ?? [] };
}

/** What a list is filtered by, each value as it is kept. Throws `malformed_request` for a field that is no filter of such a list. */
export function fieldChoices(set: FieldSet, given: readonly FieldChoice[] | undefined, subjects: readonly FieldSubject[]): FieldChoice[] {
  return (given ?? []).map(({ code, value }) => {
    const field = set.fields.find((f) => f.code === code && f.visible.filter && subjects.includes(f.subject));
    if (!field) throw failure('malformed_request', `This list has no filter ${code}. Reload the page.`);
    const kept = fieldValues([field]).safeParse({ [code]: value }).data?.[code];
    return { code, value: String(kept ?? value) };
  });
}

/** The values that a list shows. */
export const listed = (set: FieldSet, values: Extra): Extra =>
  onlyOf(
    set.fields.filter((f) => f.visible.list),
    values,
  );

/** A person with the values of the fields that are asked for now: what is shown can be sent again. */
export const shownHolder = <H extends { extra: Extra }>(holder: H, set: FieldSet): H => ({
  ...holder,
  extra: onlyOf(fieldsOf(set, 'holder'), holder.extra),
});
