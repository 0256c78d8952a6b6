/** One thing a list can be narrowed by; its value lives in the address under `name`. */
export type Filter =
  | { kind: 'choice'; name: string; label: string; options: { value: string; label: string }[] }
  | { kind: 'text'; name: string; label: string; type?: 'date' }
  /** A unit, found by searching: there may be ten thousand. */
  | { kind: 'unit'; name: string; label: string }
  /** Two calendar days, `from` and `to`, both included. */
  | { kind: 'days'; name: 'days'; label: string };

/** Calendar days of the address as the instants the API takes, in the reader's zone. */
export const dayBounds = (from: string | null, to: string | null): { from?: string; to?: string } => ({
  ...(from ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
  ...(to ? { to: new Date(`${to}T23:59:59.999`).toISOString() } : {}),
});
