import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { columns, readPeople } from './people-file.ts';

const header = columns.join(',');
const row = columns.map((c) => `${c}-1`).join(',');
const read = (text: string) => readPeople(Buffer.from(text));

test.each([
  ['plain', `${header}\n${row}\n`],
  ['with a byte order mark', `\ufeff${header}\n${row}\n`],
  ['with semicolons', `${header}\n${row}\n`.replaceAll(',', ';')],
  ['with CRLF and no line end at the end', `${header}\r\n${row}`],
  ['with another case in the header', `${header.toUpperCase()}\n${row}\n`],
])('reads a file %s', (_, text) => {
  expect(read(text)).toEqual([{ line: 2, surplus: 0, values: Object.fromEntries(columns.map((c) => [c, `${c}-1`])) }]);
});

test('columns may stand in any order', () => {
  const reversed = [...columns].reverse();
  expect(read(`${reversed.join(',')}\n${reversed.map((c) => `${c}-1`).join(',')}\n`)[0]?.values.taxCode).toBe('taxCode-1');
});

test('line numbers are those of an editor: blank lines count, a row that spans lines is where it begins', () => {
  const spanning = `"Ines\nMaria"${row.slice(row.indexOf(','))}`;
  expect(read(`${header}\n\n${row}\n   \n${spanning}\n${row}\n`).map(({ line }) => line)).toEqual([3, 5, 7]);
});

test('a row with too few or too many cells comes through with its surplus', () => {
  expect(read(`${header}\na,b\n${row},more\n`).map(({ surplus }) => surplus)).toEqual([-10, 1]);
});

test.each([
  ['an empty file', Buffer.alloc(0), 'is empty'],
  ['UTF-16', Buffer.from(`\ufeff${header}`, 'utf16le'), 'UTF-16'],
  ['UTF-16 without a mark', Buffer.from(header, 'utf16le'), 'zero bytes'],
  ['a spreadsheet', Buffer.from('PK\u0003\u0004rest'), 'spreadsheet'],
  ['Latin-1', Buffer.from(`${header}\n${row}\nNiccol\xf2,x`, 'latin1'), 'not UTF-8 (line 3)'],
  ['binary', Buffer.from([1, 2, 0, 3]), 'zero bytes'],
  ['prose', Buffer.from('Dear colleague,\nplease make cards.'), 'no header of people'],
  ['a header without all columns', Buffer.from(`${columns.slice(1).join(',')}\n${row}`), 'lacks givenName'],
  ['a column that is not known', Buffer.from(`${header},Phone no.\n${row},1`), '"Phone no."'],
  ['a column twice', Buffer.from(`${header},email\n${row},1`), 'email twice'],
  ['a header alone', Buffer.from(`${header}\n`), 'no person'],
  ['a quote that is never closed', Buffer.from(`${header}\n"${row}\n${row}`), 'not CSV'],
])('refuses %s as wrong use, saying why', (_, bytes, reason) => {
  expect(() => readPeople(bytes)).toThrow(
    expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(reason) as string }),
  );
});

test('a header that would steer the terminal is shown as text', () => {
  expect(() => read(`\u001b[2J${header}\n${row}`)).toThrow('\\u001b[2J');
});

test('whatever the cells hold survives quoting', () => {
  const cell = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((s) => s.trim() !== '' && !s.includes('\u0000') && s.isWellFormed());
  const record = fc.tuple(...columns.map(() => cell));
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.constantFrom(',', ';'), fc.boolean(), (records, delimiter, bom) => {
      const text = stringify([[...columns], ...records], { delimiter, bom, quoted: true });
      expect(read(text).map(({ values }) => columns.map((c) => values[c]))).toEqual(records);
    }),
  );
});
