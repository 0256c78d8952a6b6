import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const smartcms = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

async function file(content: string | Buffer): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'smartcms-cli-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'people.csv'), content);
  return join(dir, 'people.csv');
}

test('help is status 0 and teaches: examples, columns, exit statuses', async () => {
  const [all, issue] = await Promise.all([smartcms('--help'), smartcms('issue', '--help')]);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  for (const word of ['issue', 'status', 'audit', 'config', 'Examples:', 'Exit status']) expect(all.stdout).toContain(word);
  expect(issue.code).toBe(0);
  for (const word of ['documentExpiresOn', '--registrar', 'SMARTCMS_APPROVER_PASSWORD', '--json', 'Examples:'])
    expect(issue.stdout).toContain(word);
});

test.each([
  ['no command', [], 'Usage'],
  ['a command that is not known', ['isue'], 'issue'],
  ['an option that is not known', ['issue', 'x.csv', '--jbos', '3'], '--jobs'],
  ['a number that is none', ['issue', 'x.csv', '--jobs', '0'], 'from 1 to 64'],
  ['a file that is not there', ['issue', '/nowhere/people.csv'], 'no such file'],
  ['a directory', ['issue', tmpdir()], 'is a directory'],
  ['an address that is none', ['status', '--url', 'localhost'], 'http://'],
])('%s is wrong use: status 2 and what to do', async (_, args, said) => {
  const { code, stdout, stderr } = await smartcms(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(said);
});

test('a file of operators without a column that is needed is wrong use; those that need not be there need not', async () => {
  const import_ = async (header: string) =>
    smartcms('operators', 'import', await file(`${header}\nx\n`), '--url', 'http://127.0.0.1:9', '--as', 'x');
  const lacking = await import_('email,givenName,familyName,role,unit');
  expect(lacking).toMatchObject({ code: 2, stdout: '' });
  expect(lacking.stderr).toContain('The header lacks visibility.');
  expect((await import_('email,givenName,familyName,role,unit,visibility,phone')).stderr).toContain('no header of operators');
});

test('a file that is not CSV is wrong use, told before anything is started', async () => {
  const { code, stderr } = await smartcms('issue', await file('Dear colleague,\nplease make cards.\n'), '--url', 'http://127.0.0.1:9');
  expect(code).toBe(2);
  expect(stderr).toContain('no header of people');
  expect(stderr).not.toContain('    at ');
});
