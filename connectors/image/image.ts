import PDFDocument from 'pdfkit';
import sharp from 'sharp';

import { failure } from '../../domain/errors.ts';
import { sniff } from './sniff.ts';

// Of the formats that the library reads, only these two: each further one is a parser that anybody with a form could feed.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer'] });
sharp.cache(false);

/** A small file may unfold to a huge picture: 40 megapixels are a camera's. */
const limits = { limitInputPixels: 40_000_000, failOn: 'error' } as const;

/** Four to five, as printed on cards; enough for a print of 40 mm at 300 dpi. */
export const portraitSize = { width: 480, height: 600 } as const;

/**
 * A photo as it is kept: JPEG of this size, upright, in sRGB, without EXIF (place, camera, thumbnail), whatever came in. Throws `invalid_input` for what is no
 * JPEG or PNG, or is broken.
 */
export async function portrait(bytes: Buffer): Promise<Buffer> {
  if (!['jpeg', 'png'].includes(sniff(bytes) ?? '')) throw failure('invalid_input', 'A photo is a JPEG or PNG file. Choose another.');
  return decoded(() =>
    sharp(bytes, limits)
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize({ ...portraitSize, fit: 'cover' })
      .toColourspace('srgb')
      .jpeg({ quality: 85, mozjpeg: true })
      .toBuffer(),
  );
}

/** The longer side of a scanned page, in pixels: A4 at 200 dpi. */
const PAGE = 2340;

/** A scan as it is kept: a PDF. One that came as a picture becomes a page of it, without EXIF. Throws `invalid_input` as above. */
export async function scannedDocument(bytes: Buffer): Promise<Buffer> {
  const kind = sniff(bytes);
  if (kind === undefined) throw failure('invalid_input', 'A scan is a PDF, JPEG or PNG file. Choose another.');
  if (kind === 'pdf') return bytes;
  const { data, info } = await decoded(() =>
    sharp(bytes, limits)
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize({ width: PAGE, height: PAGE, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80, mozjpeg: true })
      .toBuffer({ resolveWithObject: true }),
  );
  return pageOf(data, info);
}

async function decoded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw failure('invalid_input', 'The picture is broken, or too large to be opened. Choose another.');
  }
}

async function pageOf(jpeg: Buffer, { width, height }: { width: number; height: number }): Promise<Buffer> {
  const scale = 842 / Math.max(width, height);
  const size: [number, number] = [width * scale, height * scale];
  const doc = new PDFDocument({ size, margin: 0, info: { Creator: 'smartCMS', Producer: 'smartCMS' } });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => doc.on('end', resolve).on('error', reject));
  doc.image(jpeg, 0, 0, { width: size[0], height: size[1] }).end();
  await ended;
  return Buffer.concat(chunks);
}
