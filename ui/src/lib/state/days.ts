// Validity is chosen as calendar days, in the zone of the person who chooses: from the first moment of one until the last moment of another.

/** The calendar day of an instant, for a date field; empty for none. */
export const dayOf = (when: string | null): string => (when === null ? '' : new Date(when).toLocaleDateString('sv-SE'));

export const beginOf = (day: string): string | null => (day === '' ? null : new Date(`${day}T00:00:00`).toISOString());
export const endOf = (day: string): string | null => (day === '' ? null : new Date(`${day}T23:59:59.999`).toISOString());
