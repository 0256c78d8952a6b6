import { untrack } from 'svelte';

import type { Icon } from '#lib/components/states.ts';

/** Something one key does on this page. Its label stands in the list of keys and, unless `hidden`, in the palette. */
export interface Hotkey {
  /** As KeyboardEvent.key, lower case; `shift+x`; absent for what only the palette offers. */
  key?: string;
  label: string;
  icon?: Icon;
  hidden?: boolean;
  run: () => void;
}
/** G, then this key, goes to the place. */
export interface Place {
  key: string;
  label: string;
  href: string;
  icon: Icon;
}

const storageKey = 'smartcms.single-keys';

class Hotkeys {
  /** Single keys can be switched off (WCAG 2.2, 2.1.4). */
  on = $state(localStorage.getItem(storageKey) !== 'off');
  places = $state.raw<Place[]>([]);
  #layers = $state.raw<(() => Hotkey[])[]>([]);
  readonly here = $derived(this.#layers.flatMap((layer) => layer()));
  #waitsForPlace = 0;

  add(layer: () => Hotkey[]): () => void {
    this.#layers = [...this.#layers, layer];
    return () => (this.#layers = untrack(() => this.#layers).filter((l) => l !== layer));
  }

  switch(on: boolean) {
    this.on = on;
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  }

  /** The href to go to after G and a key; otherwise runs what the key stands for. */
  handle(event: KeyboardEvent): string | undefined {
    if (!this.on || silent(event)) return undefined;
    const key = (event.shiftKey && /^[a-z]$/i.test(event.key) ? 'shift+' : '') + event.key.toLowerCase();
    if (Date.now() - this.#waitsForPlace < 1200) {
      this.#waitsForPlace = 0;
      return this.places.find((p) => p.key === key)?.href;
    }
    if (key === 'g') {
      this.#waitsForPlace = Date.now();
      return undefined;
    }
    const found = this.here.findLast((h) => h.key === key);
    if (!found) return undefined;
    event.preventDefault();
    found.run();
    return undefined;
  }
}

/** Single keys never act while a person types or a dialog or menu is open. */
function silent(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  if (document.querySelector('dialog[open], [popover]:popover-open')) return true;
  return (
    event.target instanceof Element && event.target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]')
  );
}

export const hotkeys = new Hotkeys();

/** Offers keys while the calling component is on the screen. */
export function offerKeys(layer: () => Hotkey[]) {
  $effect(() => untrack(() => hotkeys.add(layer)));
}
