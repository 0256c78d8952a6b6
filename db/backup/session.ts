import pg from 'pg';

/** A connection of its own whose statements may take as long as they need; the text of its rows does not depend on how the server is set. */
export async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'smartcms-backup', keepAlive: true });
  client.on('error', () => {}); // the statement that runs then fails, and says so
  await client.connect();
  await client.query(
    `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set client_encoding = 'UTF8'; set datestyle = 'ISO, YMD';
     set intervalstyle = 'postgres'; set timezone = 'UTC'; set extra_float_digits = 3`,
  );
  return client;
}

export const quoted = (name: string): string => pg.escapeIdentifier(name);
export const columnList = (columns: readonly string[]): string => columns.map(quoted).join(', ');
