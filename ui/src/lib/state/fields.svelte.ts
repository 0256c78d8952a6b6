import type { FieldDefinition } from '#domain/field-definition.ts';
import { readFields, type CurrentFields } from '#lib/api/fields.ts';

import { session } from './session.svelte.ts';

export const noFields: CurrentFields = { version: 0, groups: [], fields: [] };

/** The fields in use. Read again by every page that shows them, so that a new one is there at once. */
class FieldsInUse {
  set = $state.raw<CurrentFields>(noFields);

  /** Whoever may not read them gets no such column or filter. */
  async load(): Promise<CurrentFields> {
    if (session.can('field.read')) this.set = await readFields();
    return this.set;
  }

  /** For columns and filters: without an answer there are those known before, and the list itself says what is wrong. */
  refresh() {
    this.load().catch(() => undefined);
  }

  get listed(): FieldDefinition[] {
    return this.set.fields.filter((f) => f.visible.list);
  }

  get filters(): FieldDefinition[] {
    return this.set.fields.filter((f) => f.visible.filter);
  }
}

export const fields = new FieldsInUse();
