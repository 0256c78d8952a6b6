/** Says whether a text has the form of a pattern, in time that grows with the length of the text only. */
export type Pattern = (text: string) => boolean;

type Tree = { one: (char: string) => boolean } | { sequence: Tree[] } | { either: Tree[] } | { repeat: Tree; min: number; max: number };

interface Reading {
  chars: string[];
  at: number;
}

/** What a pattern may be unrolled to; a text of 500 characters then takes some milliseconds at worst. */
const MAX_STEPS = 2000;

/**
 * Reads a pattern of the whole content: a subset of the regular expressions of ECMAScript (literals, `.`, `\d \w \s`, classes, groups, `|`, `* + ? {m,n}`)
 * that has a linear matcher. It is matched as Thompson's automaton, never by backtracking: whatever an administrator writes and whoever types,
 * no pattern can be made to take exponential time. Undefined when it is no such pattern.
 */
export function readPattern(source: string): Pattern | undefined {
  const reading = { chars: [...source], at: 0 };
  const tree = alternatives(reading);
  if (tree === undefined || reading.at < reading.chars.length || sizeOf(tree) > MAX_STEPS) return undefined;
  return automaton(tree);
}

function alternatives(reading: Reading): Tree | undefined {
  const either: Tree[] = [];
  do {
    if (either.length > 0) reading.at++;
    const next = sequence(reading);
    if (!next) return undefined;
    either.push(next);
  } while (peek(reading) === '|');
  return { either };
}

function sequence(reading: Reading): Tree | undefined {
  const parts: Tree[] = [];
  for (let char = peek(reading); char !== undefined && char !== '|' && char !== ')'; char = peek(reading)) {
    const atom = atomAt(reading);
    const whole = atom && repetition(reading, atom);
    if (!whole) return undefined;
    parts.push(whole);
  }
  return { sequence: parts };
}

const peek = ({ chars, at }: Reading): string | undefined => chars[at];

/** What stands for itself only behind a backslash. */
const SYNTAX = '^$\\.*+?()[]{}|/';

function atomAt(reading: Reading): Tree | undefined {
  const char = reading.chars[reading.at++] ?? '';
  if (char === '(') return group(reading);
  if (char === '[') return classAt(reading);
  if (char === '.') return { one: (c) => /^.$/u.test(c) };
  if (char === '\\') return escaped(reading, SYNTAX);
  return SYNTAX.includes(char) && char !== '/' ? undefined : { one: (c) => c === char };
}

function group(reading: Reading): Tree | undefined {
  if (peek(reading) === '?') {
    if (reading.chars[reading.at + 1] !== ':') return undefined;
    reading.at += 2;
  }
  const inside = alternatives(reading);
  return inside && reading.chars[reading.at++] === ')' ? inside : undefined;
}

const kinds: Record<string, (char: string) => boolean> = {
  d: (c) => /^\d$/.test(c),
  D: (c) => /^\D$/u.test(c),
  w: (c) => /^\w$/.test(c),
  W: (c) => /^\W$/u.test(c),
  s: (c) => /^\s$/.test(c),
  S: (c) => /^\S$/u.test(c),
};

function escaped(reading: Reading, literal: string): { one: (char: string) => boolean; char?: string } | undefined {
  const char = reading.chars[reading.at++] ?? '';
  if (Object.hasOwn(kinds, char)) return { one: kinds[char] as (c: string) => boolean };
  return char !== '' && literal.includes(char) ? { one: (c) => c === char, char } : undefined;
}

/** `[A-Z0-9_]`, `[^ ]`. */
function classAt(reading: Reading): Tree | undefined {
  const negated = peek(reading) === '^';
  if (negated) reading.at++;
  const members: ((char: string) => boolean)[] = [];
  while (peek(reading) !== ']') {
    const member = memberAt(reading);
    if (!member) return undefined;
    members.push(member);
  }
  reading.at++;
  return { one: (c) => members.some((member) => member(c)) !== negated };
}

function memberAt(reading: Reading): ((char: string) => boolean) | undefined {
  const from = classAtom(reading);
  if (!from || peek(reading) !== '-' || reading.chars[reading.at + 1] === ']') return from?.one;
  reading.at++;
  const to = classAtom(reading);
  const [low, high] = [from.char?.codePointAt(0), to?.char?.codePointAt(0)];
  if (low === undefined || high === undefined || low > high) return undefined;
  return (c) => (c.codePointAt(0) ?? -1) >= low && (c.codePointAt(0) ?? -1) <= high;
}

function classAtom(reading: Reading): { one: (char: string) => boolean; char?: string } | undefined {
  const char = reading.chars[reading.at++];
  if (char === '\\') return escaped(reading, `${SYNTAX}-`);
  return char === undefined || char === '[' || char === ']' ? undefined : { one: (c) => c === char, char };
}

function repetition(reading: Reading, tree: Tree): Tree | undefined {
  const times = timesAt(reading);
  if (times === 'wrong') return undefined;
  return times ? { repeat: tree, ...times } : tree;
}

const signs: Record<string, { min: number; max: number }> = {
  '*': { min: 0, max: Infinity },
  '+': { min: 1, max: Infinity },
  '?': { min: 0, max: 1 },
};

function timesAt(reading: Reading): { min: number; max: number } | 'wrong' | undefined {
  const char = peek(reading) ?? '';
  if (Object.hasOwn(signs, char)) {
    reading.at++;
    return signs[char];
  }
  if (char !== '{') return undefined;
  const written = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(reading.chars.slice(reading.at, reading.at + 9).join(''));
  if (!written) return 'wrong';
  reading.at += written[0].length;
  const min = Number(written[1]);
  const max = written[3] !== undefined ? Number(written[3]) : written[2] === undefined ? min : Infinity;
  return min > max ? 'wrong' : { min, max };
}

function sizeOf(tree: Tree): number {
  if ('one' in tree) return 1;
  if ('sequence' in tree) return tree.sequence.reduce((sum, part) => sum + sizeOf(part), 0);
  if ('either' in tree) return tree.either.reduce((sum, part) => sum + sizeOf(part) + 2, 0);
  return (sizeOf(tree.repeat) + 1) * (tree.max === Infinity ? tree.min + 1 : tree.max) + 1;
}

/** One step of the automaton: takes a character (`one`), or goes on at once to any of `to`. */
interface Step {
  one?: (char: string) => boolean;
  to: number[];
}

/** The steps of a tree, written from the end to the beginning; the last, 0, is the end of the pattern. */
function automaton(tree: Tree): Pattern {
  const steps: Step[] = [{ to: [] }];
  const start = write(steps, tree, 0);
  return (text) => {
    let now = reached(steps, [start]);
    for (const char of text) {
      const next: number[] = [];
      for (const at of now) if (steps[at]?.one?.(char)) next.push(...(steps[at]?.to ?? []));
      if (next.length === 0) return false;
      now = reached(steps, next);
    }
    return now.has(0);
  };
}

/** Adds the steps of `tree` before `next`; where they begin. */
function write(steps: Step[], tree: Tree, next: number): number {
  if ('one' in tree) return steps.push({ one: tree.one, to: [next] }) - 1;
  if ('sequence' in tree) return tree.sequence.reduceRight((after, part) => write(steps, part, after), next);
  if ('either' in tree) return steps.push({ to: tree.either.map((part) => write(steps, part, next)) }) - 1;
  return writeRepeat(steps, tree, next);
}

function writeRepeat(steps: Step[], { repeat, min, max }: { repeat: Tree; min: number; max: number }, next: number): number {
  let at = next;
  if (max === Infinity) {
    const loop: Step = { to: [next] };
    at = steps.push(loop) - 1;
    loop.to.push(write(steps, repeat, at));
  } else for (let i = min; i < max; i++) at = steps.push({ to: [next, write(steps, repeat, at)] }) - 1;
  for (let i = 0; i < min; i++) at = write(steps, repeat, at);
  return at;
}

/** The steps that take a character (or the end), reached from these without one. */
function reached(steps: Step[], from: number[]): Set<number> {
  const seen = new Set<number>();
  const found = new Set<number>();
  const left = [...from];
  while (left.length > 0) {
    const at = left.pop() as number;
    if (seen.has(at)) continue;
    seen.add(at);
    const step = steps[at];
    if (!step) continue;
    if (at === 0 || step.one) found.add(at);
    else left.push(...step.to);
  }
  return found;
}
