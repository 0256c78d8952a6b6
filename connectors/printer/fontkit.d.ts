/** What we use of fontkit, which draws the fonts of pdfkit: its own types do not know that pdfkit takes a font which was read before. */
declare module 'fontkit' {
  export type Font = PDFKit.Mixins.PDFFontSource;
  /** Reads a TrueType or OpenType font. */
  export function create(data: Uint8Array): Font;
}
