import fc from 'fast-check';
import { expect, test } from 'vitest';

import { errorCodeOf } from './errors.ts';
import { unitKinds, unitState, type UnitKind } from './unit.ts';
import { UnitData } from './unit-data.ts';
import { assertPlace, assertWindow, MAX_LEVELS } from './unit-rules.ts';
import { isWithin, levelsOf, movedPath } from './unit-path.ts';

interface Node {
  kind: UnitKind;
  path: string;
}
const heightOf = (tree: Map<string, Node>, path: string) =>
  Math.max(...[...tree.values()].filter((n) => isWithin(n.path, path)).map((n) => levelsOf(n.path))) - levelsOf(path) + 1;

const change = fc.oneof(
  fc.record({ do: fc.constant('add' as const), parent: fc.nat(40), kind: fc.constantFrom(...unitKinds) }),
  fc.record({ do: fc.constant('move' as const), unit: fc.nat(40), parent: fc.nat(40) }),
);

test('whatever is created and moved, the tree stays a tree: one root, every unit below its parent, no kind below a narrower one', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 5, maxLength: 60 }), (changes) => {
      const tree = new Map<string, Node>([['u0', { kind: 'organization', path: 'u0' }]]);
      const at = (i: number) => [...tree.values()][i % tree.size] as Node;
      for (const c of changes) {
        try {
          if (c.do === 'add') {
            assertPlace({ kind: c.kind, height: 1 }, at(c.parent));
            const id = `u${tree.size}`;
            tree.set(id, { kind: c.kind, path: `${at(c.parent).path}.${id}` });
          } else move(tree, at(c.unit), at(c.parent));
        } catch (error) {
          expect(errorCodeOf(error)).toBe('invalid_input');
        }
      }
      for (const [id, { kind, path }] of tree) {
        const above = path.split('.').slice(0, -1);
        expect(path.split('.').at(-1)).toBe(id);
        expect(above).not.toContain(id);
        const parent = tree.get(above.at(-1) ?? '');
        expect(above.join('.')).toBe(parent?.path ?? '');
        if (parent) expect(unitKinds.indexOf(kind)).toBeGreaterThanOrEqual(unitKinds.indexOf(parent.kind));
      }
    }),
    { numRuns: 300 },
  );
});

function move(tree: Map<string, Node>, unit: Node, parent: Node): void {
  assertPlace({ kind: unit.kind, height: heightOf(tree, unit.path), path: unit.path }, parent);
  const [from, to] = [unit.path, parent.path];
  for (const node of tree.values()) if (isWithin(node.path, from)) node.path = movedPath(node.path, { unit: from, parent: to });
}

test('a unit goes neither below itself nor below what it holds', () => {
  const unit = { kind: 'division' as const, height: 2, path: 'a.b' };
  const to = (path: string) => () => assertPlace(unit, { kind: 'division', path });
  expect(to('a.b')).toThrow('cannot stand below itself');
  expect(to('a.b.c')).toThrow('cannot stand below itself');
  expect(to('a.bc')).not.toThrow();
});

test('the tree has a deepest level, counted with all that a unit brings along', () => {
  const parent = (depth: number) => ({ kind: 'office' as const, path: Array.from({ length: depth }, (_, i) => `u${i}`).join('.') });
  expect(() => assertPlace({ kind: 'office', height: 3 }, parent(MAX_LEVELS - 3))).not.toThrow();
  expect(() => assertPlace({ kind: 'office', height: 3 }, parent(MAX_LEVELS - 2))).toThrow('levels');
});

test('a window opens at its first moment and is over at its last', () => {
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(fc.boolean(), fc.option(moment), fc.option(moment), moment, (active, opensAt, closesAt, now) => {
      const isOpen = active && (!opensAt || opensAt.getTime() <= now.getTime()) && (!closesAt || now.getTime() < closesAt.getTime());
      expect(unitState({ active, opensAt, closesAt }, now) === 'open').toBe(isOpen);
    }),
  );
  const [nine, ten, noon] = [9, 10, 12].map((h) => new Date(Date.UTC(2026, 5, 1, h))) as [Date, Date, Date];
  const window = { active: true, opensAt: ten, closesAt: noon };
  expect([nine, ten, noon].map((now) => unitState(window, now))).toEqual(['scheduled', 'open', 'ended']);
  expect(unitState({ ...window, active: false }, ten)).toBe('closed');
});

test('a window that could never be open is refused', () => {
  const [nine, ten, noon] = [9, 10, 12].map((h) => new Date(Date.UTC(2026, 5, 1, h))) as [Date, Date, Date];
  expect(() => assertWindow({ active: true, opensAt: null, closesAt: nine }, ten)).toThrow('in the future');
  expect(() => assertWindow({ active: true, opensAt: noon, closesAt: noon }, ten)).toThrow('after the beginning');
  expect(() => assertWindow({ active: true, opensAt: nine, closesAt: noon }, ten)).not.toThrow();
  expect(() => assertWindow({ active: true, opensAt: noon, closesAt: null }, ten)).not.toThrow();
});

test('an attribute has a name of its own', () => {
  const unit = { kind: 'office', code: 'OSL', name: 'Ospedale', address: null, category: null, identifiers: [] };
  const takes = (...names: string[]) => UnitData.safeParse({ ...unit, attributes: names.map((name) => ({ name, value: 'x' })) }).success;
  expect(takes('Orario di apertura', 'IPA')).toBe(true);
  expect(takes('IPA', 'IPA ')).toBe(false);
  expect(takes('a=b')).toBe(false);
});
