import type { ErrorCode } from '../domain/errors.ts';
import { failure } from '../domain/errors.ts';

/**
 * Strict DER reader. It reads lazily, one level at a time, and refuses what only BER allows: a lenient reader sees something
 * else than the next one does, and that difference has been exploited (CVE-2025-12816, CVE-2025-66030, CVE-2025-66031 of a JavaScript library).
 */
export interface DerNode {
  /** Identifier octet, e.g. 0x30. */
  tag: number;
  /** Contents octets. */
  value: Buffer;
  /** The whole element. */
  raw: Buffer;
  depth: number;
}

/** What is wrong with the encoding. Whoever parses wraps it in `decoding`, which makes it an expected failure. */
export class DerError extends Error {}

/** Real structures of X.509 stay below 15. */
const MAX_DEPTH = 24;
const MAX_LENGTH_OCTETS = 4;

/** The one element that `bytes` consists of. */
export function readDer(bytes: Buffer, depth = 0): DerNode {
  const node = elementAt(bytes, 0, depth);
  if (node.raw.length !== bytes.length) throw new DerError('bytes follow the end');
  return node;
}

/** The elements inside a constructed one. */
export function children(node: DerNode): DerNode[] {
  if (!(node.tag & 0x20)) throw new DerError('a constructed element is expected');
  if (node.depth >= MAX_DEPTH) throw new DerError('too deeply nested');
  const nodes: DerNode[] = [];
  for (let offset = 0; offset < node.value.length;) {
    const child = elementAt(node.value, offset, node.depth + 1);
    nodes.push(child);
    offset += child.raw.length;
  }
  return nodes;
}

/** Refuses a wrong encoding anywhere below `node`, also in parts that nobody looks at. */
export function assertDer(node: DerNode): void {
  if (node.tag & 0x20) children(node).forEach(assertDer);
  else assertPrimitive(node);
}

/** Contents that no reader of X.690 takes, whatever they mean. */
function assertPrimitive({ tag, value }: DerNode): void {
  const [first = 0xff] = value;
  const wrong =
    (tag === 0x01 && value.length !== 1) ||
    ((tag === 0x02 || tag === 0x0a) && value.length === 0) ||
    (tag === 0x03 && (first > 7 || (value.length === 1 && first !== 0))) ||
    (tag === 0x05 && value.length !== 0) ||
    (tag === 0x1c && value.length % 4 !== 0) ||
    (tag === 0x1e && value.length % 2 !== 0) ||
    (tag === 0x06 && !isOid(value));
  if (wrong) throw new DerError(`the contents do not suit tag ${hex(tag)}`);
}

/** X.690 8.19.2: the last octet ends its arc, and none begins with a zero that adds nothing. */
const isOid = (value: Buffer): boolean =>
  value.length > 0 &&
  ((value.at(-1) ?? 0) & 0x80) === 0 &&
  value.every((octet, i) => octet !== 0x80 || (i > 0 && ((value[i - 1] ?? 0) & 0x80) !== 0));

function elementAt(bytes: Buffer, start: number, depth: number): DerNode {
  const tag = octetAt(bytes, start);
  if ((tag & 0x1f) === 0x1f) throw new DerError('tags above 30 do not occur here');
  // X.690 8.1.5: it ends what has no definite length, and DER has nothing of that kind.
  if (tag === 0) throw new DerError('end-of-contents octets');
  const { length, size } = lengthAt(bytes, start + 1);
  const from = start + 1 + size;
  if (from + length > bytes.length) throw new DerError('truncated');
  return { tag, value: bytes.subarray(from, from + length), raw: bytes.subarray(start, from + length), depth };
}

function lengthAt(bytes: Buffer, at: number): { length: number; size: number } {
  const first = octetAt(bytes, at);
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0) throw new DerError('indefinite length is not DER');
  if (count > MAX_LENGTH_OCTETS) throw new DerError('length of more than 4 octets');
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + octetAt(bytes, at + i);
  if (length < 0x80 || octetAt(bytes, at + 1) === 0) throw new DerError('length is not minimal');
  return { length, size: 1 + count };
}

function octetAt(bytes: Buffer, at: number): number {
  const octet = bytes[at];
  if (octet === undefined) throw new DerError('truncated');
  return octet;
}

/** The elements of a SEQUENCE in order, some of them optional. */
export class Fields {
  private readonly nodes: DerNode[];
  private position = 0;

  constructor(node: DerNode) {
    this.nodes = children(node);
  }

  next(tag?: number): DerNode {
    const node = this.nodes[this.position];
    if (!node) throw new DerError('an element is missing');
    if (tag !== undefined) expectTag(node, tag);
    this.position++;
    return node;
  }

  optional(...tags: number[]): DerNode | undefined {
    const node = this.nodes[this.position];
    return node && tags.includes(node.tag) ? this.next() : undefined;
  }

  end(): void {
    if (this.position !== this.nodes.length) throw new DerError('an unexpected element');
  }
}

export function expectTag(node: DerNode, tag: number): DerNode {
  if (node.tag !== tag) throw new DerError(`tag ${hex(tag)} expected, ${hex(node.tag)} found`);
  return node;
}

const hex = (tag: number): string => `0x${tag.toString(16).padStart(2, '0')}`;

/** The single element inside `[n]` EXPLICIT. */
export function only(node: DerNode, tag?: number): DerNode {
  const fields = new Fields(node);
  const inner = fields.next(tag);
  fields.end();
  return inner;
}

/** Runs a parser; what is wrong with the encoding becomes an expected failure that says so. */
export function decoding<T>(problem: { code: ErrorCode; message: string }, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DerError) throw failure(problem.code, `${problem.message} (${error.message})`);
    throw error;
  }
}
