import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { code128Widths } from './code128.ts';
import { pdfRenderer } from './pdf.ts';
import type { PinMailer } from './printer.ts';

const dir = mkdtempSync(join(tmpdir(), 'smartcms-pdf-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const mailer: PinMailer = {
  locale: 'it',
  organisation: 'Azienda Sanitaria Nord',
  envelope: '20410075',
  deviceSerial: '6090000000012348',
  holderName: 'Anna Rossi',
  pin: '648201',
  puk: '73910284',
  portalUrl: 'https://portal.example/my',
};

async function printed(overrides: Partial<PinMailer>): Promise<string> {
  const file = join(dir, `${Math.random()}.pdf`);
  writeFileSync(file, await pdfRenderer().pinMailer({ ...mailer, ...overrides }));
  return file;
}
const poppler = (tool: string, ...args: string[]) => execFileSync(tool, args, { encoding: 'latin1' });
const textOf = (file: string) => execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });

describe.each(['it', 'en'] as const)('the PIN mailer in %s', (locale) => {
  test('is one A4 page with embedded fonts that says everything', async () => {
    const file = await printed({ locale });
    const text = textOf(file);
    for (const word of [
      mailer.organisation,
      mailer.envelope,
      mailer.deviceSerial,
      mailer.holderName,
      mailer.pin,
      mailer.puk,
      mailer.portalUrl,
    ]) {
      expect(text).toContain(word);
    }
    const info = poppler('pdfinfo', file);
    expect(info).toMatch(/Pages:\s+1\n/);
    expect(info).toMatch(/A4/);
    const fonts = poppler('pdffonts', file).trim().split('\n').slice(2);
    expect(fonts.every((line) => /DejaVu.*yes yes yes/.test(line))).toBe(true);
  });
});

test.each(['Łucja Żółć', "Niccolò D'Angelo", 'Anna <b>Rossi</b>', 'Ελένη Шевченко', '&lt;%= it %&gt; ${x}', '\\u0041 (x)'])(
  'the name %s is printed as it is',
  async (holderName) => {
    expect(textOf(await printed({ holderName }))).toContain(holderName);
  },
);

test('a very long name is made smaller, not cut, and stays on the page', async () => {
  const holderName = 'Maria Antonietta Giuseppina Colonna di Paliano e Sermoneta de la Fuente y Rodríguez';
  const file = await printed({ holderName });
  expect(textOf(file)).toContain(holderName);
  expect(poppler('pdfinfo', file)).toMatch(/Pages:\s+1\n/);
});

test('what can be read without opening the file holds no code', async () => {
  const file = await printed({});
  expect(poppler('pdfinfo', file)).not.toMatch(/648201|73910284|Rossi/);
});

test('codes are on the inner third only', async () => {
  const file = await printed({});
  const third = Math.floor(842 / 3);
  const crop = (y: number) => poppler('pdftotext', '-x', '0', '-y', String(y), '-W', '595', '-H', String(third), file, '-');
  expect([0, third, 2 * third].map((y) => /648201|73910284/.test(crop(y)))).toEqual([false, true, false]);
});

test('the bars on paper are the Code 128 of the envelope', async () => {
  const file = await printed({});
  const image = execFileSync('pdftoppm', ['-r', '600', '-gray', '-x', '300', '-y', '1200', '-W', '1600', '-H', '1', file], {
    maxBuffer: 1e8,
  });
  const pixels = [...image.subarray(-1600)].map((value) => value < 128);
  const first = pixels.indexOf(true);
  const last = pixels.lastIndexOf(true);
  const runs: number[] = [];
  for (let i = first; i <= last; i++) {
    if (i === first || pixels[i] !== pixels[i - 1]) runs.push(0);
    runs[runs.length - 1]! += 1;
  }
  const expected = code128Widths(mailer.envelope);
  const module = (last - first + 1) / expected.reduce((sum, width) => sum + width, 0);
  expect(runs.map((run) => Math.round(run / module))).toEqual(expected);
  expect(first / module).toBeGreaterThanOrEqual(10);
});
