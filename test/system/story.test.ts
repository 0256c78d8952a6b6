import { createHash, X509Certificate } from 'node:crypto';
import { expect, inject, test } from 'vitest';

import type { RequestDetail } from './client.ts';
import { openssl, type OpenSsl } from '../support/openssl.ts';
import { activated, as, produced, reaches, submitted } from './people.ts';
import { until } from './until.ts';

/** CA certificate and present CRL as files, as a relying party would have them. */
async function relyingParty(): Promise<OpenSsl> {
  const ssl = await openssl();
  const get = async (path: string) => Buffer.from(await (await fetch(inject('system').validationUrl + path)).arrayBuffer());
  await ssl.write('ca.der', await get('/ca/main.crt'));
  await ssl.write('crl.der', await get('/crl/main.crl'));
  await ssl('x509', '-inform', 'DER', '-in', 'ca.der', '-out', 'ca.pem');
  await ssl('crl', '-inform', 'DER', '-in', 'crl.der', '-out', 'crl.pem', '-CAfile', 'ca.pem');
  return ssl;
}

async function crlVerdict(pem: string): Promise<string> {
  const ssl = await relyingParty();
  await ssl.write('leaf.pem', pem);
  return ssl('verify', '-x509_strict', '-crl_check', '-CAfile', 'ca.pem', '-CRLfile', 'crl.pem', 'leaf.pem').catch((e: Error) => e.message);
}

async function ocspVerdict(pem: string): Promise<string> {
  const ssl = await relyingParty();
  await ssl.write('leaf.pem', pem);
  const url = `${inject('system').validationUrl}/ocsp/main`;
  return ssl('ocsp', '-issuer', 'ca.pem', '-cert', 'leaf.pem', '-url', url, '-CAfile', 'ca.pem');
}

const pemsOf = async (request: RequestDetail): Promise<string[]> => {
  const officer = await as('do');
  return Promise.all(request.certificates.map((c) => officer.text(`/certificates/${c.id}/pem`)));
};

test('a registered person becomes the holder of a card whose certificates verify, and a revoked one does not', async () => {
  const { request } = await activated();
  const pems = await pemsOf(request);
  expect(pems).toHaveLength(2);
  for (const pem of pems) {
    expect(await crlVerdict(pem)).toContain('leaf.pem: OK');
    expect(await ocspVerdict(pem)).toMatch(/leaf\.pem: good/);
  }
  const subject = new X509Certificate(pems[0] ?? '').subject;
  expect(subject).toContain(request.data.taxCode);

  const helpDesk = await as('hd');
  const device = request.device?.id ?? '';
  await helpDesk.post(`/devices/${device}/holds`, { cause: 'investigation', comment: 'asked by the office' });
  await helpDesk.post(`/devices/${device}/holds`, { cause: 'absence', comment: '' });
  await published(device);
  for (const pem of pems) {
    expect(await ocspVerdict(pem)).toMatch(/leaf\.pem: revoked[\s\S]*certificateHold/);
    expect(await crlVerdict(pem)).toContain('certificate revoked');
  }

  const { holds } = await helpDesk.get<{ holds: { id: string }[] }>(`/devices/${device}`);
  expect(holds).toHaveLength(2);
  await helpDesk.delete(`/devices/${device}/holds/${holds[0]?.id}`);
  expect(await helpDesk.get(`/devices/${device}`)).toMatchObject({ state: 'suspended' });
  await helpDesk.delete(`/devices/${device}/holds/${holds[1]?.id}`);
  await published(device);
  expect(await helpDesk.get(`/devices/${device}`)).toMatchObject({ state: 'active' });
  for (const pem of pems) expect(await crlVerdict(pem)).toContain('leaf.pem: OK');

  await helpDesk.post(`/devices/${device}/revocation`, { cause: 'stolen', comment: 'reported to the police' });
  await published(device);
  for (const pem of pems) {
    expect(await ocspVerdict(pem)).toMatch(/leaf\.pem: revoked[\s\S]*keyCompromise/);
    expect(await crlVerdict(pem)).toContain('certificate revoked');
  }
});

interface DeviceView {
  certificates: { actions: { confirmedAt: string | null; publishedAt: string | null }[] }[];
}

/** Until every change asked for is confirmed by the CA and carried by a published CRL. */
async function published(deviceId: string): Promise<void> {
  const helpDesk = await as('hd');
  await until('changes published', async () => {
    const { certificates } = await helpDesk.get<DeviceView>(`/devices/${deviceId}`);
    return certificates.every((c) => c.actions.length > 0 && c.actions.every((a) => a.confirmedAt && a.publishedAt));
  });
}

test('who registered cannot approve, one approver counts once, two at once have one effect', async () => {
  const request = await submitted();
  const ro = await as('ro');
  const officer = await as('do');
  await reaches(officer, request.id, 'pending_approval');
  await expect(ro.post(`/requests/${request.id}/decisions`, { verdict: 'approve', comment: '' })).rejects.toMatchObject({ status: 403 });
  const answers = await Promise.allSettled(
    Array.from({ length: 5 }, () => officer.post(`/requests/${request.id}/decisions`, { verdict: 'approve', comment: '' })),
  );
  expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1);
  const { approval } = await reaches(officer, request.id, 'approved');
  expect(approval?.votes).toHaveLength(1);
});

test('amended data void the approvals, and what is certified is what was approved last', async () => {
  const request = await submitted();
  const [ro, officer] = await Promise.all([as('ro'), as('do')]);
  await reaches(officer, request.id, 'pending_approval');
  await officer.post(`/requests/${request.id}/decisions`, { verdict: 'approve', comment: '' });
  const before = await reaches(ro, request.id, 'approved');
  await ro.post(`/requests/${request.id}/amendments`, { data: { ...before.data, familyName: 'Nowak' }, reason: 'married' }, before.version);
  const after = await reaches(ro, request.id, 'pending_approval');
  expect(after.data.familyName).toBe('Nowak');
  expect(after.approval?.votes).toMatchObject([{ voided: true }]);
});

test('the PIN mailer is printed once and gone', async () => {
  const request = await produced();
  const officer = await as('do');
  const pdf = await officer.bytes(`/devices/${request.device?.id}/pin-mailer`);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await expect(officer.bytes(`/devices/${request.device?.id}/pin-mailer`)).rejects.toMatchObject({ status: 410, code: 'already_printed' });
  await expect((await as('ro')).bytes(`/devices/${request.device?.id}/pin-mailer`)).rejects.toMatchObject({ status: 403 });
});

test('the auditor sees who did what, before and after, and the chain verifies', async () => {
  const request = await produced();
  const ao = await as('ao');
  const trail = await until('the whole trail', async () => {
    const { items } = await ao.get<{
      items: { operation: string; actor: { kind: string }; before: unknown; after: { state?: string } | null }[];
    }>(`/audit/events?objectType=requests&objectId=${request.id}&limit=100`);
    return items.some((e) => e.after?.state === 'produced') && items;
  });
  expect(trail.at(-1)).toMatchObject({ operation: 'insert', before: null, actor: { kind: 'operator' } });
  const states = trail.map((e) => e.after?.state).reverse();
  expect([...new Set(states)]).toEqual(expect.arrayContaining(['submitted', 'pending_approval', 'approved', 'in_production', 'produced']));
  expect(await ao.get('/audit/verification')).toMatchObject({ ok: true, firstWrong: null });
});

test('a certificate has its own random serial and key', async () => {
  const requests = await Promise.all([produced(), produced()]);
  const pems = (await Promise.all(requests.map(pemsOf))).flat().map((pem) => new X509Certificate(pem));
  expect(new Set(pems.map((c) => c.serialNumber)).size).toBe(4);
  for (const c of pems) expect(c.serialNumber.length).toBeGreaterThanOrEqual(30);
  const keys = pems.map((c) =>
    createHash('sha256')
      .update(c.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  );
  expect(new Set(keys).size).toBe(4);
});
