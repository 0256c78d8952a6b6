/** The columns of a file of operators, in the order of the documentation. One row is one role of one person. */
export const importColumns = [
  ...(['email', 'givenName', 'familyName', 'locale', 'taxCode', 'validFrom', 'validUntil'] as const),
  ...(['role', 'unit', 'visibility', 'roleFrom', 'roleUntil'] as const),
];
export type ImportColumn = (typeof importColumns)[number];

/** Columns that a file need not have: what they say stays as it is, or is what a new operator begins with. */
export const optionalColumns: readonly ImportColumn[] = ['locale', 'taxCode', 'validFrom', 'validUntil', 'roleFrom', 'roleUntil'];

/** The most rows of one call: a call stays short, and who sends many shows how far it is. */
export const mostImportRows = 200;
