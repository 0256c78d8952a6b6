declare module 'pino-roll' {
  import type { SonicBoom, SonicBoomOpts } from 'sonic-boom';

  interface Options extends SonicBoomOpts {
    file: string;
    size: string;
    frequency: 'daily';
    limit: { count: number; removeOtherLogFiles: boolean };
  }
  /** A file that is changed for the next when it is full or the day is over. */
  export default function roll(options: Options): Promise<SonicBoom>;
}
