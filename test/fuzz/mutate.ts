import { derTree, encodeTree, mutateTree } from './der-tree.ts';
import type { Random } from './random.ts';

const octets = [0x00, 0x01, 0x02, 0x06, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0xa3, 0xff];

type Change = (input: Buffer, at: number, random: Random) => Buffer;

const join = (...parts: Buffer[]) => Buffer.concat(parts);
const changes: Change[] = [
  (input, at, random) => join(input.subarray(0, at), Buffer.from([random.pick(octets)]), input.subarray(at + 1)),
  (input, at, random) => join(input.subarray(0, at), Buffer.from([(input[at] ?? 0) ^ (1 << random.below(8))]), input.subarray(at + 1)),
  (input, at, random) => join(input.subarray(0, at), input.subarray(at + 1 + random.below(40))),
  (input, at, random) => join(input.subarray(0, at), Buffer.alloc(1 + random.below(40), random.pick(octets)), input.subarray(at)),
  (input, at, random) => join(input.subarray(0, at), input.subarray(at, at + 1 + random.below(40)), input.subarray(at)),
  (input, at, random) => join(input.subarray(0, at), random.bytes(1 + random.below(8)), input.subarray(at)),
  (input, at) => input.subarray(0, at),
];

/** One to four changes of bytes: set, flipped, removed, inserted, repeated, cut off. */
export function mutateBytes(input: Buffer, random: Random): Buffer {
  let mutated = input;
  for (let left = 1 + random.below(4); left > 0; left--) mutated = random.pick(changes)(mutated, random.below(mutated.length + 1), random);
  return mutated;
}

/** DER that is changed in its structure and then, sometimes, in its bytes. */
export function mutateDer(input: Buffer, corpus: readonly Buffer[], random: Random): Buffer {
  if (random.chance(3)) return mutateBytes(input, random);
  const mutated = encodeTree(mutateTree(derTree(input), derTree(random.pick(corpus)), random));
  return random.chance(6) ? mutateBytes(mutated, random) : mutated;
}

const words = [
  ...[
    '',
    ' ',
    '\t',
    '\r\n',
    '\n',
    '\0',
    '\u0085',
    '\u00a0',
    '\u202e',
    '\ufeff',
    '\ud800',
    'é',
    'e\u0301',
    'ß',
    'İ',
    'ǆ',
    '漢',
    '🙂',
    '👩‍👩‍👧',
    '١٢٣',
    'Ａ',
  ],
  ...[
    '"',
    "'",
    '`',
    ',',
    ';',
    ':',
    '=',
    '\\',
    '/',
    '%',
    '%00',
    '%ff',
    '%2e%2e',
    '_',
    '*',
    '(',
    ')',
    '&',
    '|',
    '<',
    '>',
    '{',
    '}',
    '[',
    ']',
    '#',
    '?',
    '+',
    '-',
    '@',
  ],
  ...[
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE-----',
    '__proto__',
    'constructor',
    'NaN',
    'Infinity',
    'null',
    'true',
    '1e400',
    '-0',
    '0x10',
  ],
  ...[
    '9'.repeat(40),
    '0000-01-01',
    '9999-12-31',
    '2026-02-29',
    '2026-02-28T25:61:61+99:99',
    'x'.repeat(300),
    '=1+1',
    '${7*7}',
    '<img src=x onerror=alert(1)>',
  ],
];

/** Text with one to five words or characters inserted, removed, repeated or swapped; seldom grown to what is far too long. */
export function mutateText(text: string, random: Random): string {
  let mutated = text;
  for (let left = 1 + random.below(5); left > 0; left--) mutated = changed(mutated, random);
  return random.chance(2_000) ? mutated.repeat(1 + Math.floor(60_000 / (mutated.length + 1))).slice(0, 60_000) : mutated;
}

function changed(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = at + 1 + random.below(12);
  const [before, middle, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  const how = random.below(6);
  if (how === 0) return before + after;
  if (how === 1) return before + middle + middle + after;
  if (how === 2) return before + String.fromCharCode(random.below(random.chance(2) ? 128 : 65_536)) + middle.slice(1) + after;
  if (how === 3) return after + middle + before;
  return before + random.pick(words) + (how === 4 ? middle : '') + after;
}
