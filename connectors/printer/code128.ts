// Default import: the named export `raw` is a symbology of that name.
import bwipjs from 'bwip-js/node';

import type { Pdf } from './pdf-page.ts';

/** Blank modules that a scanner needs on both sides (ISO/IEC 15417 4.7). */
const QUIET_ZONE = 10;

/** Widths of bars and spaces in turn, in modules, of a Code 128 symbol. */
export function code128Widths(text: string): number[] {
  const [symbol] = bwipjs.raw({ bcid: 'code128', text }) as unknown as [{ sbs: number[] }];
  return symbol.sbs;
}

/** Draws Code 128 as vectors, black on white, quiet zones included in `width`. */
export function drawCode128(
  doc: Pdf,
  text: string,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const widths = code128Widths(text);
  const module = width / (widths.reduce((sum, w) => sum + w, 0) + 2 * QUIET_ZONE);
  doc.rect(x, y, width, height).fill('#ffffff');
  let at = x + QUIET_ZONE * module;
  widths.forEach((modules, i) => {
    if (i % 2 === 0) doc.rect(at, y, modules * module, height);
    at += modules * module;
  });
  doc.fill('#000000');
}
