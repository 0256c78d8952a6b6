import type { FieldDefinition, FieldSet, FieldSubject, FieldType } from '../domain/field-definition.ts';
import { fieldsOf } from '../domain/field-definition.ts';

type Schema = Record<string, unknown>;
interface Document {
  components?: { schemas?: Record<string, unknown> };
}

/** The document of this installation: what persons and requests have beside the fields that every installation knows. */
export function withFields<D extends Document>(document: D, set: FieldSet): D {
  const schemas = {
    ...document.components?.schemas,
    HolderFields: schemaOf(set, 'holder'),
    RequestFields: schemaOf(set, 'request'),
  };
  return { ...document, components: { ...document.components, schemas } };
}

function schemaOf(set: FieldSet, subject: FieldSubject): Schema {
  const fields = fieldsOf(set, subject);
  const required = fields.filter((f) => f.required).map((f) => f.code);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.code, propertyOf(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

const shapes: Record<FieldType, (field: FieldDefinition) => Schema> = {
  text: ({ min, max, pattern }) => ({
    type: 'string',
    ...(min !== null && { minLength: min }),
    ...(max !== null && { maxLength: max }),
    ...(pattern !== null && { pattern: `^(?:${pattern})$` }),
  }),
  number: ({ min, max }) => ({ type: 'number', ...(min !== null && { minimum: min }), ...(max !== null && { maximum: max }) }),
  date: () => ({ type: 'string', format: 'date' }),
  choice: ({ choices }) => ({ type: 'string', enum: choices.map((c) => c.value) }),
  taxCode: () => ({ type: 'string' }),
  phone: () => ({ type: 'string' }),
  email: () => ({ type: 'string', format: 'email' }),
  photo: () => ({ type: 'string', format: 'uuid', description: 'Id that POST /photos gave' }),
  document: () => ({ type: 'string', format: 'uuid', description: 'Id that POST /documents gave' }),
  country: () => ({ type: 'string', pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' }),
};

const propertyOf = (field: FieldDefinition): Schema => ({ title: field.label.en, ...shapes[field.type](field) });
