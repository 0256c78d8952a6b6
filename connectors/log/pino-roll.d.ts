declare module 'pino-roll' {
  import type { pino } from 'pino';

  interface Options {
    file: string;
    size: string;
    frequency: 'daily';
    limit: { count: number; removeOtherLogFiles: boolean };
    /** The rest goes to the SonicBoom that writes. */
    mkdir: boolean;
    mode: number;
    sync: boolean;
    maxLength: number;
  }
  /** A file that is changed for the next when it is full or the day is over. */
  export default function roll(options: Options): Promise<ReturnType<typeof pino.destination>>;
}
