import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Checked {
  code: number;
  found: {
    ok: boolean;
    environment: { process: string; problems: { variable: string; message: string }[] }[];
    parts: { name: string; ok: boolean }[];
  };
}

/** In a process of its own, with nothing but the given environment. */
const configCheck = (env: Record<string, string>): Promise<Checked> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), 'config', 'check', '--json'], { env }, (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, found: JSON.parse(stdout) as Checked['found'] });
    });
  });

test('an environment that is not complete is status 1, with every variable that lacks for each process', async () => {
  const { code, found } = await configCheck({ MAIL_FROM: 'cards@example.it', DATABASE_URL: 'mysql://x' });
  expect([code, found.ok]).toEqual([1, false]);
  expect(found.environment.map((e) => e.process)).toEqual(['api', 'worker', 'validation', 'prepare', 'administrator', 'backup']);
  const problems = Object.fromEntries(found.environment[1]?.problems.map(({ variable, message }) => [variable, message]) ?? []);
  expect(problems.SMTP_URL).toContain('is not set');
  expect(problems.DATABASE_URL).toBe('must be a postgres:// address');
  expect(problems.MAIL_FROM).toBeUndefined();
  expect(found.parts.every((part) => !part.ok)).toBe(true);
});
