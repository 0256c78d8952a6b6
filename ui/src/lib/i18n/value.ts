/** A value of unknown kind (an audit image, a detail) as text. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
