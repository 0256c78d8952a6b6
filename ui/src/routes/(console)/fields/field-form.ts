import type { FieldDefinition } from '#domain/field-definition.ts';

/** What the dialog of a field holds beside its texts. */
export interface Ticks {
  required: boolean;
  unique: boolean;
  visible: FieldDefinition['visible'];
}

export const ticksOf = (field: FieldDefinition | undefined): Ticks => ({
  required: field?.required ?? false,
  unique: field?.unique ?? false,
  visible: { ...(field?.visible ?? { form: true, list: false, filter: false, csv: true, report: true }) },
});

const optional = (value: number | string | null | undefined): string => (value == null ? '' : String(value));

/** The texts of a field by the pointer of their control. */
export const textsOf = (field: FieldDefinition | undefined): Record<string, string> => ({
  '/label/en': field?.label.en ?? '',
  '/label/it': field?.label.it ?? '',
  '/code': field?.code ?? '',
  '/type': field?.type ?? 'text',
  '/subject': field?.subject ?? 'holder',
  '/group': field?.group ?? '',
  '/hint/en': field?.hint?.en ?? '',
  '/hint/it': field?.hint?.it ?? '',
  '/min': optional(field?.min),
  '/max': optional(field?.max),
  '/from': optional(field?.from),
  '/to': optional(field?.to),
  '/pattern': optional(field?.pattern),
  '/check': optional(field?.check),
  '/choices': field?.choices.map((c) => `${c.value}; ${c.label.en}; ${c.label.it}`).join('\n') ?? '',
});

type Texts = Record<string, string> & { label: Record<string, string>; hint: Record<string, string> };

const number = (text: string): number | null => (text.trim() === '' ? null : Number(text.replace(',', '.')));
const orNull = (text: string | undefined): string | null => text?.trim() || null;

/** The definition that the controls say; settings that the type does not know are left out. */
export function definitionOf(texts: Texts, ticks: Ticks): unknown {
  const { type = 'text' } = texts;
  const has = (...types: string[]) => types.includes(type);
  return {
    ...{ code: texts.code, subject: texts.subject, type, label: texts.label, group: orNull(texts.group) },
    hint: texts.hint.en?.trim() || texts.hint.it?.trim() ? texts.hint : null,
    ...{ required: ticks.required, unique: ticks.unique && !isFileType(type), visible: placesOf(type, ticks) },
    min: has('text', 'number') ? number(texts.min ?? '') : null,
    max: has('text', 'number') ? number(texts.max ?? '') : null,
    from: has('date') ? orNull(texts.from) : null,
    to: has('date') ? orNull(texts.to) : null,
    pattern: has('text') ? orNull(texts.pattern) : null,
    check: has('text') ? orNull(texts.check) : null,
    choices: has('choice') ? choicesOf(texts.choices ?? '') : [],
  };
}

export const isFileType = (type: string | undefined): boolean => type === 'photo' || type === 'document';

/** A file stands in no list, filter or CSV file. */
const placesOf = (type: string, { visible }: Ticks) =>
  isFileType(type) ? { ...visible, list: false, filter: false, csv: false } : { ...visible };

/** One a line: value; English; Italian. Without labels the value is its own. */
const choicesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [value = '', en = value, it = en] = line.split(';').map((part) => part.trim());
      return { value, label: { en, it } };
    });
