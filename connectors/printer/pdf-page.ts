import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import * as fontkit from 'fontkit';
import PDFDocument from 'pdfkit';

/** Points a millimetre. */
export const mm = 72 / 25.4;
export const A4 = { width: 210 * mm, height: 297 * mm };

export type Pdf = PDFKit.PDFDocument;
export type Face = 'regular' | 'bold' | 'mono';

/** The built-in fonts of PDF know no Ł: these have all of Latin, Greek and Cyrillic. Only the glyphs in use are embedded. */
const files: Record<Face, string> = { regular: 'DejaVuSans.ttf', bold: 'DejaVuSans-Bold.ttf', mono: 'DejaVuSansMono-Bold.ttf' };
/** Each is read once: reading three fonts was more than half of what a page cost. */
const fonts = new Map<Face, fontkit.Font>();

function font(face: Face): fontkit.Font {
  const known = fonts.get(face);
  if (known) return known;
  const parsed = fontkit.create(readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${files[face]}`)));
  fonts.set(face, parsed);
  return parsed;
}

/** One A4 page as PDF; `draw` puts everything on it. */
export async function pdfPage({ title, lang }: { title: string; lang: string }, draw: (doc: Pdf) => void): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    lang,
    displayTitle: true,
    info: { Title: title, Creator: 'smartCMS', Producer: 'smartCMS' },
  });
  const chunks: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  for (const face of Object.keys(files) as Face[]) doc.registerFont(face, font(face));
  draw(doc);
  doc.end();
  return whole;
}

export interface TextBox {
  x: number;
  y: number;
  width: number;
  size: number;
  face?: Face;
  color?: string;
  align?: 'left' | 'center' | 'right';
}

/** Text that breaks into lines inside its box. Returns where it ends. */
export function paragraph(
  doc: Pdf,
  text: string,
  { x, y, width, size, face = 'regular', color = '#1c2733', align = 'left' }: TextBox,
): number {
  doc
    .font(face)
    .fontSize(size)
    .fillColor(color)
    .text(text, x, y, { width, align, lineGap: size * 0.25 });
  return doc.y;
}

/** One line, made smaller until it fits its box: a long name is never cut. */
export function singleLine(doc: Pdf, text: string, box: TextBox): void {
  const { x, y, width, face = 'regular', color = '#1c2733', align = 'left' } = box;
  const line = text.replace(/\s+/g, ' ').trim();
  const natural = doc.font(face).fontSize(box.size).widthOfString(line);
  const size = natural > width ? (box.size * width) / natural : box.size;
  const free = width - Math.min(natural, width);
  const shift = align === 'center' ? free / 2 : align === 'right' ? free : 0;
  doc
    .fontSize(size)
    .fillColor(color)
    .text(line, x + shift, y + (box.size - size), { lineBreak: false });
}
