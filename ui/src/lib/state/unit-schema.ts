// The only way to the schemas of the domain: they take zod's configuration when they are made. Pages without a form load neither.
import './zod-without-eval.ts';

export { UnitData } from '#domain/unit-data.ts';
