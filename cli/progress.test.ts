import { expect, test } from 'vitest';

import { progress } from './progress.ts';

const stream = (isTTY: boolean, columns = 60) => {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
};

test('a terminal gets one line that is drawn anew and never wraps', () => {
  const out = stream(true);
  const bar = progress(2, out);
  bar.advance('1 issued, 0 refused');
  bar.advance('2 issued, 0 refused');
  bar.end();
  expect(out.written).toHaveLength(3);
  expect(out.written[0]).toMatch(/^\r\u001b\[2K\[#{12}-{12}\] 1\/2 {2}1 issued/);
  expect(out.written.slice(0, 2).every((text) => text.length <= 60 + 5 && !text.includes('\n'))).toBe(true);
  expect(out.written[2]).toBe('\n');
});

test('a file gets a line every few rows and one at the end', () => {
  const out = stream(false);
  const bar = progress(12, out);
  for (let i = 1; i <= 12; i += 1) bar.advance(`${i} issued`);
  bar.end();
  expect(out.written.map((text) => text.split(' ')[0])).toEqual(['5/12', '10/12', '12/12']);
  expect(out.written.every((text) => text.endsWith('\n') && !text.includes('\u001b'))).toBe(true);
});
