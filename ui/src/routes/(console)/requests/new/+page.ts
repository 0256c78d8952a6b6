import { fields } from '#lib/state/fields.svelte.ts';

/** The fields that the form asks for now. */
export const load = async () => ({ fields: await fields.load() });
