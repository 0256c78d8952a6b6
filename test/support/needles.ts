const SHORTEST = 8;
const FILTER_BITS = 22;

interface Needle {
  value: string;
  bytes: Buffer;
  /** Digits that stand inside a longer number or hexadecimal text are another number. */
  whole: boolean;
}

/** Finds many values at once: as they are, in hexadecimal (as PostgreSQL shows bytes), in base64 wherever it begins, and as part of a URL. */
export function needles(values: Iterable<string>): { in(text: Buffer): Set<string> } {
  const filter = new Uint8Array(1 << FILTER_BITS);
  const byStart = new Map<string, Needle[]>();
  for (const needle of [...new Set(values)].flatMap(formsOf)) {
    filter[hash(needle.bytes, 0)] = 1;
    const start = needle.bytes.toString('latin1', 0, SHORTEST);
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
  }
  return {
    in(text) {
      const found = new Set<string>();
      for (let i = 0; i + SHORTEST <= text.length; i++) {
        if (!filter[hash(text, i)]) continue;
        for (const needle of byStart.get(text.toString('latin1', i, i + SHORTEST)) ?? [])
          if (standsAt(text, i, needle)) found.add(needle.value);
      }
      return found;
    },
  };
}

function formsOf(value: string): Needle[] {
  const bytes = Buffer.from(value);
  if (bytes.length < SHORTEST) throw new Error(`a value of ${bytes.length} bytes would be found by chance: plant a longer one`);
  const base64 = [0, 1, 2].map((before) => base64Of(bytes, before));
  const coded = [bytes.toString('hex'), encodeURIComponent(value), ...base64, ...base64.map(urlSafe)].filter((form) => form !== value);
  const plain = { value, bytes, whole: /^\d+$/.test(value) };
  return [plain, ...[...new Set(coded)].map((form) => ({ value, bytes: Buffer.from(form), whole: false }))];
}

/** The characters of base64 that depend on these bytes alone, when so many others stand before them. */
function base64Of(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

const urlSafe = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_');

function hash(bytes: Buffer, at: number): number {
  let h = 0;
  for (let i = at; i < at + SHORTEST; i++) h = (Math.imul(h, 31) + (bytes[i] ?? 0)) | 0;
  return (h ^ (h >>> 11)) & ((1 << FILTER_BITS) - 1);
}

const hexDigit = (byte = 0) => /[0-9a-f]/i.test(String.fromCharCode(byte));

function standsAt(text: Buffer, at: number, { bytes, whole }: Needle): boolean {
  const end = at + bytes.length;
  if (text.compare(bytes, 0, bytes.length, at, Math.min(end, text.length)) !== 0) return false;
  return !whole || !(hexDigit(text[at - 1]) || hexDigit(text[end]));
}
