import type { Random } from './random.ts';

/** An element of DER as something that can be changed and written again, with right lengths. */
export interface Tree {
  tag: number;
  content: Buffer | Tree[];
}

/** The first element; what cannot be read as elements is taken as bytes. */
export const derTree = (der: Buffer): Tree => elements(der)?.[0] ?? { tag: 0x04, content: der };

function elements(bytes: Buffer): Tree[] | undefined {
  const found: Tree[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag = 0, first = 0] = bytes.subarray(at);
    const size = first < 0x80 ? 0 : first & 0x7f;
    if (size > 4 || at + 2 + size > bytes.length) return undefined;
    const length = size === 0 ? first : bytes.readUIntBE(at + 2, size);
    const from = at + 2 + size;
    if (from + length > bytes.length) return undefined;
    const value = bytes.subarray(from, from + length);
    found.push({ tag, content: (tag & 0x20 ? elements(value) : undefined) ?? value });
    at = from + length;
  }
  return found;
}

export function encodeTree({ tag, content }: Tree): Buffer {
  const value = Array.isArray(content) ? Buffer.concat(content.map(encodeTree)) : content;
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const hex = value.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, value]);
}

const tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x81, 0xa0, 0xa1, 0xa3];
const values = ['', '00', 'ff', '80', '7f', '00ff', '0000', '00'.repeat(20), 'ff'.repeat(21), '2a8648', '8000', '5a'.repeat(300)].map((v) =>
  Buffer.from(v, 'hex'),
);

/** The same tree with one to three of its elements replaced, removed, repeated, retagged, wrapped, or exchanged for one of another tree. */
export function mutateTree(tree: Tree, other: Tree, random: Random): Tree {
  let mutated = tree;
  for (let left = 1 + random.below(3); left > 0; left--) {
    mutated = changeAt(mutated, random.below(count(mutated)), (node) => change(node, other, random))[0] ?? mutated;
  }
  return mutated;
}

const count = ({ content }: Tree): number => 1 + (Array.isArray(content) ? content.reduce((sum, child) => sum + count(child), 0) : 0);

/** Replaces the element with this number, counted from the root, by what `replace` makes of it. */
function changeAt(tree: Tree, number: number, replace: (node: Tree) => Tree[]): Tree[] {
  if (number === 0) return replace(tree);
  if (!Array.isArray(tree.content)) return [tree];
  let left = number - 1;
  const content = tree.content.flatMap((child) => {
    const size = count(child);
    const inside = left >= 0 && left < size ? changeAt(child, left, replace) : [child];
    left -= size;
    return inside;
  });
  return [{ ...tree, content }];
}

function change(node: Tree, other: Tree, random: Random): Tree[] {
  switch (random.below(7)) {
    case 0:
      return [];
    case 1:
      return [node, node];
    case 2:
      return [{ ...node, tag: random.pick(tags) }];
    case 3:
      return [{ ...node, content: random.pick(values) }];
    case 4:
      return [wrapped(node, 1 + random.below(random.chance(10) ? 60 : 3), random.pick([0x30, 0x31, 0xa0]))];
    case 5:
      return [nodeAt(other, random.below(count(other)))];
    default:
      return [{ ...node, content: Array.isArray(node.content) ? [...node.content].reverse() : random.bytes(1 + random.below(40)) }];
  }
}

const wrapped = (node: Tree, times: number, tag: number): Tree => (times === 0 ? node : wrapped({ tag, content: [node] }, times - 1, tag));

function nodeAt(tree: Tree, number: number): Tree {
  let found = tree;
  changeAt(tree, number, (node) => [(found = node)]);
  return found;
}
