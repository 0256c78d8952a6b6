import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import { asProblem, type Problem } from '#lib/api/problem.ts';
import type { Unit } from '#lib/api/types.ts';
import { listUnits } from '#lib/api/units.ts';

const TOP = 'top';
/** Children are read this many at a time. */
const limit = 100;

/** A line of the tree as it is shown: a unit, or the offer to read further units of `parentId`. */
export type Line = { id: string; level: number } & ({ unit: Unit; expanded: boolean | undefined } | { moreOf: string });

// Kept while one looks at a unit and comes back.
const expanded = new SvelteSet<string>();

/** The visible part of the organisation: children are read when their unit is opened. */
export class UnitTree {
  problem = $state.raw<Problem>();
  #children = new SvelteMap<string, { rows: Unit[]; next: string | null }>();
  readonly lines = $derived(this.#below(TOP, 1));

  get tops(): Unit[] | undefined {
    return this.#children.get(TOP)?.rows;
  }

  /** Reads what is open; a single unit at the top is opened at once. */
  async load() {
    await this.#read(TOP);
    const [only, ...others] = this.tops ?? [];
    if (only && others.length === 0) expanded.add(only.id);
    await this.#readExpanded(this.tops ?? []);
  }

  async toggle({ id, hasChildren }: Unit, open = !expanded.has(id)) {
    if (!hasChildren) return;
    if (open) expanded.add(id);
    else expanded.delete(id);
    if (open && !this.#children.has(id)) await this.#read(id);
  }

  more = (parentId: string): Promise<void> => this.#read(parentId, this.#children.get(parentId)?.next ?? undefined);

  async #readExpanded(units: Unit[]) {
    for (const { id } of units.filter((u) => expanded.has(u.id) && u.hasChildren)) {
      await this.#read(id);
      await this.#readExpanded(this.#children.get(id)?.rows ?? []);
    }
  }

  async #read(parentId: string, cursor?: string) {
    try {
      const { items, next } = await listUnits({ parentId, limit, ...(cursor && { cursor }) });
      const known = cursor ? (this.#children.get(parentId)?.rows ?? []) : [];
      this.#children.set(parentId, { rows: [...known, ...items], next });
      this.problem = undefined;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  #below(parentId: string, level: number): Line[] {
    const children = this.#children.get(parentId);
    const lines = (children?.rows ?? []).flatMap((unit): Line[] => {
      const open = expanded.has(unit.id);
      const line = { id: unit.id, level, unit, expanded: unit.hasChildren ? open : undefined };
      return open ? [line, ...this.#below(unit.id, level + 1)] : [line];
    });
    return children?.next ? [...lines, { id: `more-${parentId}`, level, moreOf: parentId }] : lines;
  }
}
