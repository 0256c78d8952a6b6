import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** The time now; what reads it is drawn again once a second while it is on the screen. */
export const clock = {
  get now(): number {
    subscribe();
    return Date.now();
  },
};
