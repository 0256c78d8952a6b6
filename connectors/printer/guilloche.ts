import type { Pdf } from './pdf-page.ts';

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const LINES = 9;
const STEP = 3;
/** Length of one wave, in points. */
const WAVE = 46;

/**
 * The blind panel: woven lines under the codes and a band of them around, so that light through the paper shows no digits, and a copy shows
 * that it is one.
 */
export function drawBlindPanel(doc: Pdf, area: Area): void {
  doc.save();
  doc.roundedRect(area.x, area.y, area.width, area.height, 10).clip();
  doc.rect(area.x, area.y, area.width, area.height).fill('#f4f5f7');
  for (let row = 0; row * 15 < area.height + 30; row++)
    weave(doc, { x: area.x, y: area.y - 15 + row * 15, width: area.width, height: 22 }, 4);
  doc.lineWidth(0.25).stroke('#dadde2');
  for (const y of [area.y - 2, area.y + area.height - 16]) weave(doc, { ...area, y, height: 18 }, LINES);
  doc.lineWidth(0.35).stroke('#9aa3af');
  doc.restore();
  doc.roundedRect(area.x, area.y, area.width, area.height, 10).lineWidth(1).stroke('#7d8794');
}

/** Sine waves of one amplitude in as many phases as there are lines. */
function weave(doc: Pdf, { x, y, width, height }: Area, lines: number): void {
  for (let line = 0; line < lines; line++) {
    const phase = (2 * Math.PI * line) / lines;
    const at = (dx: number) =>
      y + height / 2 + (height / 2) * Math.sin((2 * Math.PI * dx) / WAVE + phase) * (0.7 + 0.3 * Math.cos((6 * Math.PI * dx) / width));
    doc.moveTo(x, at(0));
    for (let dx = STEP; dx <= width; dx += STEP) doc.lineTo(x + dx, at(dx));
  }
}
