import { expect, inject, test } from 'vitest';

import { activationCode } from '../../local/demo-mail.ts';
import { person } from './client.ts';
import { as, newPin, produced, reaches } from './people.ts';
import { until } from './until.ts';

test('wrong codes end a code, and the office sends new ones, of which the last works', async () => {
  const request = await produced();
  const officer = await as('do');
  await expect(officer.post(`/requests/${request.id}/activation-code`)).rejects.toMatchObject({ code: 'wrong_state' });
  await officer.post(`/requests/${request.id}/delivery`);
  const mailUrl = inject('system').mailUrl;
  const first = await activationCode({ mailUrl, to: request.data.email });
  const activation = { serial: request.deviceSerial, pin: newPin(), password: 'a long new password' };
  for (let i = 0; i < 5; i++)
    await expect(person().post('/portal/activation', { ...activation, code: 'WRQNGCQDE2' })).rejects.toMatchObject({ code: 'code_wrong' });
  await expect(person().post('/portal/activation', { ...activation, code: first })).rejects.toMatchObject({
    status: expect.any(Number) as number,
  });

  const another = async (than: string) => {
    await officer.post(`/requests/${request.id}/activation-code`);
    return until('another code', async () => {
      const code = await activationCode({ mailUrl, to: request.data.email });
      return code !== than && code;
    });
  };
  const second = await another(first);
  const third = await another(second);
  await expect(person().post('/portal/activation', { ...activation, code: second })).rejects.toMatchObject({ code: 'code_wrong' });
  await person().post('/portal/activation', { ...activation, code: third });
  expect((await reaches(officer, request.id, 'closed')).may.sendCode).toBe(false);
});
