import type { Tone } from '#lib/components/states.ts';

export interface Toast {
  id: number;
  tone: Tone;
  title: string;
  href?: string;
}

/** Work that ended elsewhere. What happens where the person looks is a notice there. Stays until dismissed. */
class Toasts {
  all = $state.raw<Toast[]>([]);
  #next = 0;

  show(toast: Omit<Toast, 'id'>) {
    this.all = [...this.all.slice(-2), { ...toast, id: this.#next++ }];
  }

  dismiss(id: number) {
    this.all = this.all.filter((t) => t.id !== id);
  }
}

export const toasts = new Toasts();
