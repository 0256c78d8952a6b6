import { duration } from './terminal.ts';

/** Where progress is drawn: a terminal, or a file that keeps every line. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** One more is done; `note` says how it stands, such as `12 issued, 1 refused`. */
  advance(note: string): void;
  /** Ends the line. */
  end(): void;
}

/** A bar that redraws one line on a terminal; elsewhere a line every few rows. Nothing but one character a cell is assumed. */
export function progress(total: number, stream: ProgressStream = process.stderr): Progress {
  const started = performance.now();
  const every = Math.max(5, Math.ceil(total / 20));
  let done = 0;
  const draw = (note: string) => {
    const seconds = (performance.now() - started) / 1000;
    const left = done === 0 || done === total ? '' : `, about ${duration((seconds / done) * (total - done))} left`;
    const text = `${done}/${total}  ${note}  ${duration(seconds)}${left}`;
    if (stream.isTTY) stream.write(`\r\u001b[2K${`${bar(done / total)} ${text}`.slice(0, (stream.columns ?? 80) - 1)}`);
    else if (done % every === 0 || done === total) stream.write(`${text}\n`);
  };
  return {
    advance(note) {
      done += 1;
      draw(note);
    },
    end() {
      if (stream.isTTY && done > 0) stream.write('\n');
    },
  };
}

const bar = (share: number): string => `[${'#'.repeat(Math.round(share * 24)).padEnd(24, '-')}]`;
