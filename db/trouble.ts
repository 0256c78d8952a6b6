/**
 * SQLSTATEs (PostgreSQL, appendix A) of a server that cannot serve now: connection lost (08), serialization failure and deadlock (40001, 40P01),
 * no resources such as connections or disk (53), a lock not to be had (55P03), cancelled, stopping, starting (57), input or output (58), and
 * read-only (25006), as a standby is before it becomes the primary. In all of them the transaction is rolled back.
 */
const state = /^(08...|25006|40001|40P01|53...|55P03|57014|57P0.|58...)$/;
const network = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What the driver says without a code, and what PostgreSQL calls internal: a quota or a limit of file size is not "disk full" to it. */
const words =
  /Connection (terminated|ended unexpectedly)|Client (has encountered a connection error|was closed)|timeout exceeded when trying to connect|could not (extend|write)( to)? file/;

/** True for an error that says nothing about the call: the same call may be made again when the database serves again. */
export function isDatabaseTrouble(error: Error): boolean {
  const code = String((error as { code?: string | number }).code ?? '');
  return state.test(code) || network.test(code) || error.name === 'KnexTimeoutError' || words.test(error.message);
}
