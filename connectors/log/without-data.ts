/** SQLSTATE classes whose messages speak of the server, never of a row: connection, authorization, resources, operator, system. */
const ofServer = /^(08|28|3D|53|57|58)/;

/** An error as it may stand in a log: a database error's message and detail quote the row, so only its SQLSTATE, names and place are kept. */
export function withoutData(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, table, constraint, severity } = error as { code?: string; table?: string; constraint?: string; severity?: string };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  const isOfRow = severity !== undefined && !ofServer.test(code ?? '');
  return {
    type: error.name,
    code,
    ...(isOfRow ? { table, constraint } : { message: error.message }),
    stack: frames,
    ...(error.cause !== undefined && { cause: withoutData(error.cause) }),
  };
}
