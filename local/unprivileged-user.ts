import { readFileSync } from 'node:fs';

/** The user that PostgreSQL runs as when we are root (it refuses to be): `postgres` where it exists, else `nobody`. */
export const unprivilegedUser: { uid: number; gid: number } | undefined = process.getuid?.() === 0 ? find() : undefined;

function find() {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].map((name) => users.find(([n]) => n === name)).find(Boolean);
  if (!user) throw new Error('PostgreSQL cannot run as root, and there is no user postgres or nobody. Start as an ordinary user.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}
