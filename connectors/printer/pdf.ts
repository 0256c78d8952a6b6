import { drawCode128 } from './code128.ts';
import { drawBlindPanel } from './guilloche.ts';
import type { Pdf } from './pdf-page.ts';
import { A4, mm, paragraph, pdfPage, singleLine } from './pdf-page.ts';
import { pinMailerText } from './pin-mailer-text.ts';
import type { DocumentRenderer, PinMailer } from './printer.ts';

const MARGIN = 20 * mm;
const INNER = A4.width - 2 * MARGIN;
/** The sheet is folded twice: codes inside, the outer third shows the address and the envelope number. */
const FOLDS = [A4.height / 3, (2 * A4.height) / 3] as const;
const GREY = '#5b6672';
const BLUE = '#1d4f91';

/** Draws documents as PDF files with embedded fonts; nothing is written to disk. */
export const pdfRenderer = (): DocumentRenderer => ({
  pinMailer: (mailer) =>
    pdfPage({ title: `${pinMailerText[mailer.locale].envelope} ${mailer.envelope}`, lang: mailer.locale }, (doc) =>
      drawMailer(doc, mailer),
    ),
});

function drawMailer(doc: Pdf, mailer: PinMailer): void {
  drawOutside(doc, mailer);
  drawFolds(doc, pinMailerText[mailer.locale].fold);
  drawCodes(doc, mailer);
  drawSteps(doc, mailer);
}

/** The outer third: who it is for, in the window of a DL envelope (right, 20 mm from the edge), and which envelope it is. */
function drawOutside(doc: Pdf, { locale, organisation, envelope, deviceSerial, holderName }: PinMailer): void {
  const text = pinMailerText[locale];
  doc.rect(0, 0, A4.width, 3 * mm).fill(BLUE);
  singleLine(doc, organisation, { x: MARGIN, y: 14 * mm, width: INNER, size: 13, face: 'bold', color: BLUE });
  singleLine(doc, text.title, { x: MARGIN, y: 21 * mm, width: INNER, size: 9.5, color: GREY });
  singleLine(doc, holderName, { x: 105 * mm, y: 50 * mm, width: 85 * mm, size: 13, face: 'bold' });
  drawCode128(doc, envelope, { x: MARGIN - 4 * mm, y: 44 * mm, width: 62 * mm, height: 14 * mm });
  singleLine(doc, `${text.envelope} ${envelope}`, { x: MARGIN, y: 60 * mm, width: 60 * mm, size: 10, face: 'bold' });
  singleLine(doc, `${text.card}: ${deviceSerial}`, { x: MARGIN, y: 66 * mm, width: 75 * mm, size: 8.5, color: GREY });
  paragraph(doc, text.opening, { x: MARGIN, y: 80 * mm, width: INNER, size: 8.5, color: GREY });
}

function drawFolds(doc: Pdf, label: string): void {
  for (const y of FOLDS) {
    doc.moveTo(0, y).lineTo(A4.width, y).dash(2, { space: 3 }).lineWidth(0.5).stroke('#a6aeb8').undash();
    singleLine(doc, label, { x: A4.width - 45 * mm, y: y + 2, width: 40 * mm, size: 6, color: '#a6aeb8', align: 'right' });
  }
}

/** The middle third, inside when folded. */
function drawCodes(doc: Pdf, { locale, pin, puk }: PinMailer): void {
  const text = pinMailerText[locale];
  const panel = { x: MARGIN, y: FOLDS[0] + 14 * mm, width: INNER, height: 71 * mm };
  drawBlindPanel(doc, panel);
  const half = panel.width / 2;
  drawCode(doc, { label: text.pin, code: pin, use: text.pinUse, x: panel.x, y: panel.y, width: half });
  drawCode(doc, { label: text.puk, code: puk, use: text.pukUse, x: panel.x + half, y: panel.y, width: half });
}

function drawCode(
  doc: Pdf,
  { label, code, use, x, y, width }: { label: string; code: string; use: string; x: number; y: number; width: number },
): void {
  const box = { x: x + 7 * mm, y: y + 14 * mm, width: width - 14 * mm, height: 43 * mm };
  // Not opaque: the lines must run behind the digits too.
  doc.save().fillOpacity(0.7).roundedRect(box.x, box.y, box.width, box.height, 6).fillAndStroke('#ffffff', '#c3cad3').restore();
  singleLine(doc, label, { ...box, y: box.y + 4 * mm, size: 11, face: 'bold', color: BLUE, align: 'center' });
  singleLine(doc, code, {
    x: box.x + 4 * mm,
    width: box.width - 8 * mm,
    y: box.y + 11 * mm,
    size: 27,
    face: 'mono',
    color: '#000000',
    align: 'center',
  });
  paragraph(doc, use, { x: box.x + 4 * mm, width: box.width - 8 * mm, y: box.y + 27 * mm, size: 7.5, color: GREY, align: 'center' });
}

function drawSteps(doc: Pdf, { locale, portalUrl }: PinMailer): void {
  const text = pinMailerText[locale];
  let y = FOLDS[1] + 14 * mm;
  singleLine(doc, text.stepsTitle, { x: MARGIN, y, width: INNER, size: 13, face: 'bold', color: BLUE });
  y += 10 * mm;
  text.steps(portalUrl).forEach((step, i) => {
    doc.circle(MARGIN + 3 * mm, y + 2.1 * mm, 3 * mm).fill(BLUE);
    singleLine(doc, String(i + 1), {
      x: MARGIN,
      y: y + 0.25 * mm,
      width: 6 * mm,
      size: 9,
      face: 'bold',
      color: '#ffffff',
      align: 'center',
    });
    y = Math.max(paragraph(doc, step, { x: MARGIN + 10 * mm, y, width: INNER - 10 * mm, size: 10.5 }), y + 6 * mm) + 3 * mm;
  });
  doc.rect(MARGIN, y + 4 * mm, 1.2 * mm, 9 * mm).fill('#b4540a');
  paragraph(doc, text.warning, { x: MARGIN + 5 * mm, y: y + 6 * mm, width: INNER - 5 * mm, size: 9.5, face: 'bold', color: '#7c3a06' });
}
