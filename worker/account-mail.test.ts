import { createHash } from 'node:crypto';

import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { passwordResetStore } from '../db/stores/password-resets.ts';
import { seedApiOrganisation, type ApiOrganisation } from '../test/support/api-organisation.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { accountMail, type AccountMail } from './account-mail.ts';

let database: TestDatabase;
let organisation: ApiOrganisation;
beforeAll(async () => {
  database = await createTestDatabase();
  organisation = await seedApiOrganisation(database.operations);
});
afterAll(() => database.drop());

/** The mail that asking for a new password queued. */
async function asked(login: string): Promise<AccountMail> {
  const mailId = uuid();
  await passwordResetStore(database.operations).ask({ mailId, login, address: '192.0.2.1' });
  return database.operations('mail_outbox').where({ id: mailId }).first<AccountMail>();
}
const write = (mail: AccountMail) => accountMail(database.operations, mail, 'https://cms.example.it');
const tokenIn = (text: string) => /https:\/\/cms\.example\.it\/sign-in\/password#([\w-]{43})$/m.exec(text)?.[1] ?? '';
const hashOf = (token: string) => createHash('sha256').update(token).digest();

test('the mail brings a link whose token nobody else has; tried again it brings another', async () => {
  const mail = await asked('do@example.it');
  const [first, second] = [await write(mail), await write(mail)];
  expect([first.to, first.id]).toEqual(['do@example.it', mail.id]);
  expect(tokenIn(first.text)).not.toBe(tokenIn(second.text));
  for (const { text } of [first, second])
    expect(await passwordResetStore(database.operations).find(hashOf(tokenIn(text)))).toMatchObject({ login: 'do@example.it' });
});

test('a holder gets it where they proved to receive mail, whatever an officer wrote since', async () => {
  await database.operations('holders').where({ id: organisation.holderId }).update({ email: 'officers.friend@example.it' });
  expect((await write(await asked('th@example.it'))).to).toBe('th@example.it');
});

test('a link that nobody waits for any more is not sent', async () => {
  const mail = await asked('bo@example.it');
  await expect(write({ ...mail, createdAt: new Date(Date.now() - 31 * 60_000) })).rejects.toMatchObject({ type: 'not_found' });
});

test('an invitation brings a link that is good for three days', async () => {
  const id = uuid();
  const { id: accountId } = await database.operations('accounts').where({ login: 'ro@example.it' }).first<{ id: string }>('id');
  const invitation: AccountMail = { id, template: 'invitation', locale: 'it', createdAt: new Date(Date.now() - 2 * 86_400_000), accountId };
  const { text, subject } = await write(invitation);
  expect(subject).toBe('Il tuo accesso a smartCMS');
  expect(await passwordResetStore(database.operations).find(hashOf(tokenIn(text)))).toMatchObject({ accountId });
  const left = await database
    .operations('password_resets')
    .where({ accountId })
    .first<{ days: number }>(database.operations.raw(`extract(day from expires_at - now())::int as days`));
  expect(left.days).toBe(2);
  await expect(write({ ...invitation, createdAt: new Date(Date.now() - 4 * 86_400_000) })).rejects.toMatchObject({ type: 'not_found' });
});
