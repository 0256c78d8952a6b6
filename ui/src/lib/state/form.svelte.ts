import type { z } from 'zod';

import type { FieldError } from '#domain/errors.ts';

type Values = Record<string, string>;
interface Options<T> {
  /** Text of every control by its JSON pointer, e.g. `/holder/taxCode`. */
  initial: Values;
  schema: z.ZodType<T>;
  /** Rules that a schema cannot know (today's date), on what was typed; heard for fields that the schema accepts. */
  also?: (values: Values) => FieldError[];
}

/**
 * A form of text controls over a zod schema of the domain. A field is checked when it is left, and a while after the last key;
 * its error goes as soon as it is edited. `submit` gives the parsed data, or undefined and the errors in the order of the fields.
 */
export class Form<T> {
  values = $state<Values>({});
  errors = $state<Record<string, string>>({});
  /** Errors of the last submit, for the summary; empty once all is right. */
  summary = $state.raw<FieldError[]>([]);
  #options: Options<T>;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: Options<T>) {
    this.#options = options;
    this.values = { ...options.initial };
  }

  /** True when the field has content that the rules accept. */
  good(pointer: string): boolean {
    return this.values[pointer] !== '' && !this.#problems().some((p) => p.pointer === pointer);
  }

  edited(pointer: string) {
    delete this.errors[pointer];
    this.#checkIn(1200, pointer);
  }

  /** A moment later, so that an error that makes room for itself does not move what is being clicked. */
  left(pointer: string) {
    this.#checkIn(250, pointer);
  }

  #checkIn(ms: number, pointer: string) {
    clearTimeout(this.#timers.get(pointer));
    this.#timers.set(
      pointer,
      setTimeout(() => this.#check(pointer), ms),
    );
  }

  /** Checks one field; an empty one only at submit. */
  #check(pointer: string) {
    if (this.values[pointer] === '') return;
    const problem = this.#problems().find((p) => p.pointer === pointer);
    if (problem) this.errors[pointer] = problem.message;
  }

  submit(): T | undefined {
    const problems = this.#problems();
    this.show(problems);
    if (problems.length > 0) return undefined;
    return this.#options.schema.parse(tree(this.values));
  }

  /** Puts errors (also the API's) on their fields and in the summary. */
  show(problems: FieldError[]) {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const order = Object.keys(this.values);
    const first = new Map<string, FieldError>();
    for (const p of problems) if (!first.has(p.pointer)) first.set(p.pointer, p);
    this.summary = [...first.values()].sort((a, b) => order.indexOf(a.pointer) - order.indexOf(b.pointer));
    this.errors = Object.fromEntries(this.summary.map((p) => [p.pointer, p.message]));
  }

  #problems(): FieldError[] {
    const parsed = this.#options.schema.safeParse(tree(this.values));
    const problems = parsed.success
      ? []
      : parsed.error.issues.map((i) => ({ pointer: `/${i.path.map(String).join('/')}`, message: wording(i) }));
    const also = this.#options.also?.(this.values) ?? [];
    return [...problems, ...also.filter((a) => this.values[a.pointer] !== '' && !problems.some((p) => p.pointer === a.pointer))];
  }
}

/** Of an empty choice zod says what it expected; people are told what to do. */
const wording = (issue: z.core.$ZodIssue): string => (issue.code === 'invalid_value' ? 'Choose one' : issue.message);

/** {'/document/kind': 'passport'} → {document: {kind: 'passport'}} */
function tree(values: Values): unknown {
  const root: Record<string, unknown> = {};
  for (const [pointer, value] of Object.entries(values)) {
    const path = pointer.split('/').slice(1);
    const leaf = path.pop() ?? '';
    let at = root;
    for (const step of path) at = (at[step] ??= {}) as Record<string, unknown>;
    at[leaf] = value;
  }
  return root;
}

/** The id of a control, so that the summary can link to it. */
export const controlId = (pointer: string): string => `f${pointer.replaceAll('/', '-')}`;
