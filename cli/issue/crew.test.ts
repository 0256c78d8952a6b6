import { expect, test } from 'vitest';

import type { Visibility } from '../../domain/actor.ts';
import { reachOf } from './crew.ts';

const unit = (id: string, parentId: string | null) => ({ id, parentId, kind: 'office' as const, code: id, name: id });
const units = [unit('root', null), unit('north', 'root'), unit('ward', 'north'), unit('south', 'root')];
const reach = (unitId: string, visibility: Visibility) =>
  Object.fromEntries(reachOf({ assignments: [{ id: 'a', role: 'DO', unit: { id: unitId, name: unitId }, visibility }] }, units));

test.each<[string, Visibility, Record<string, number>]>([
  ['north', 'office', { north: 0 }],
  ['north', 'own', { north: 0, ward: 1 }],
  ['root', 'subtree', { root: 0, north: 1, ward: 2, south: 1 }],
  ['ward', 'all', { root: 99, north: 99, ward: 0, south: 99 }],
])('an assignment at %s with visibility %s reaches what the domain lets it see, the nearest first', (at, visibility, expected) => {
  expect(reach(at, visibility)).toEqual(expected);
});

test('a unit whose parents are not visible is reached by its own assignment', () => {
  expect(
    reachOf({ assignments: [{ id: 'a', role: 'RO', unit: { id: 'ward', name: 'ward' }, visibility: 'own' }] }, [unit('ward', 'north')]),
  ).toEqual(new Map([['ward', 0]]));
});
