import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { MailName } from './templates.ts';
import { mailLocales, mailProps, renderMail } from './templates.ts';

const values = {
  organisation: 'Azienda Sanitaria Nord & figli',
  holderName: "Łucja D'Este <script>alert(1)</script>",
  portalUrl: 'https://portal.example/my?a=1&b=2',
  serialEnding: '4417',
  code: 'H7KQ-29XM',
};

const names = Object.keys(mailProps) as MailName[];
const propsOf = (name: MailName) =>
  Object.fromEntries(Object.keys(mailProps[name].shape).map((key) => [key, values[key as keyof typeof values]])) as never;
const cases = names.flatMap((name) => mailLocales.map((locale) => [name, locale] as const));

describe.each(cases)('%s in %s', (name, locale) => {
  const mail = renderMail(name, locale, propsOf(name));

  test('is complete in both forms', () => {
    for (const part of [mail.subject, mail.text, mail.html]) {
      expect(part).not.toMatch(/undefined|\bnull\b|<%|%>|\[object/);
      expect(part.trim()).not.toBe('');
    }
    expect(mail.text).toContain(values.portalUrl);
    expect(mail.html).toContain(`href="${values.portalUrl.replace('&', '&amp;')}"`);
    expect(mail.html).toContain(`<html lang="${locale}">`);
  });

  test('shows markup in a name as text', () => {
    expect(mail.text).toContain(values.holderName);
    expect(mail.html).not.toContain('<script');
    expect(mail.html).toContain('&lt;script&gt;');
  });

  test('uses exactly the values that it declares', () => {
    const source = readFileSync(join(import.meta.dirname, 'templates', `${name}.${locale}.eta`), 'utf8');
    const used = new Set([...source.matchAll(/it\.(\w+)/g)].map(([, key]) => key));
    expect(new Set([...used, 'organisation'])).toEqual(new Set(Object.keys(mailProps[name].shape)));
  });
});

test('there is no template that nobody can send', () => {
  const files = cases.map(([name, locale]) => `${name}.${locale}.eta`);
  expect(readdirSync(join(import.meta.dirname, 'templates')).sort()).toEqual([...files, 'layout.eta'].sort());
});

test('a value cannot become a block of its own', () => {
  const { text, html } = renderMail('device-revoked', 'en', {
    ...(propsOf('device-revoked') as object),
    holderName: 'Anna\n\n# 999999',
  } as never);
  expect(text).toContain('Anna # 999999');
  expect(html.match(/letter-spacing/g)).toBeNull();
});

test('a missing, an unknown and a dangerous value are refused', () => {
  expect(() =>
    renderMail('device-revoked', 'en', { organisation: 'A', holderName: 'B', portalUrl: 'https://x.example' } as never),
  ).toThrow();
  expect(() => renderMail('device-revoked', 'en', { ...(propsOf('device-revoked') as object), pin: '1' } as never)).toThrow();
  expect(() =>
    renderMail('device-revoked', 'en', { ...(propsOf('device-revoked') as object), portalUrl: 'javascript:alert(1)' } as never),
  ).toThrow();
});
