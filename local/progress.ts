const REPEAT_MS = 30_000;
const REDRAW_MS = 1000;

/** Shows on stderr that a long step goes on: one line that is redrawn on a terminal, one every half minute elsewhere. */
export function startProgress(title: string): { count: () => void; end: () => void } {
  const started = performance.now();
  let steps = 0;
  const line = () => `${title} ... ${clock(performance.now() - started)}, ${steps} steps`;
  const isTerminal = process.stderr.isTTY;
  const show = () => process.stderr.write(isTerminal ? `\r${line()}` : `${line()}\n`);
  show();
  const timer = setInterval(show, isTerminal ? REDRAW_MS : REPEAT_MS);
  return {
    count: () => (steps += 1),
    end() {
      clearInterval(timer);
      process.stderr.write(isTerminal ? `\r${line()}\n` : `${line()}\n`);
    },
  };
}

const clock = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
