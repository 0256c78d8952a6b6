import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { portrait, portraitSize, scannedDocument } from './image.ts';

const picture = (format: 'jpeg' | 'png', { width = 800, height = 400 } = {}) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' }, limitInputPixels: false })
    .withExif({ IFD0: { Make: 'SpyCam', ImageDescription: 'home of Anna' }, IFD3: { GPSLatitude: '43/1 46/1 0/1' } })
    [format]()
    .toBuffer();

describe('a photo', () => {
  test.each(['jpeg', 'png'] as const)('that came as %s is kept as JPEG of one size, without EXIF', async (format) => {
    const original = await picture(format);
    expect((await sharp(original).metadata()).exif?.includes('SpyCam')).toBe(true);
    const kept = await portrait(original);
    expect(await sharp(kept).metadata()).toMatchObject({ format: 'jpeg', ...portraitSize });
    expect(kept.includes('SpyCam')).toBe(false);
    expect(kept.includes('Exif')).toBe(false);
  });

  test('stands upright though the camera was turned', async () => {
    const half = { create: { width: 400, height: 500, channels: 3, background: '#ff0000' } } as const;
    const turned = await sharp(half)
      .composite([{ input: { create: { width: 400, height: 250, channels: 3, background: '#0000ff' } }, top: 0, left: 0 }])
      .jpeg()
      .toBuffer();
    const kept = await portrait(await sharp(turned).withMetadata({ orientation: 3 }).toBuffer());
    const pixel = await sharp(kept).extract({ left: 200, top: 550, width: 1, height: 1 }).raw().toBuffer();
    expect(pixel[2]).toBeGreaterThan(200); // the blue half, stored above, is shown below
  });

  test.each<[string, () => Promise<Buffer>]>([
    ['text', () => Promise.resolve(Buffer.from('hello, I am a photo.jpg'))],
    ['SVG', () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))],
    ['GIF', () => Promise.resolve(Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'))],
    ['PDF', () => Promise.resolve(Buffer.from('%PDF-1.7\n'))],
    ['a JPEG that is cut', async () => (await picture('jpeg')).subarray(0, 300)],
    ['a PNG that unfolds to 48 megapixels', () => picture('png', { width: 8000, height: 6000 })],
    ['nothing', () => Promise.resolve(Buffer.alloc(0))],
  ])('%s is refused', async (_, make) => {
    await expect(portrait(await make())).rejects.toMatchObject({ type: 'invalid_input' });
  });
});

describe('a scan', () => {
  test('that came as a picture is a PDF of one page, without EXIF', async () => {
    const kept = await scannedDocument(await picture('jpeg', { width: 3000, height: 4000 }));
    expect(kept.subarray(0, 5).toString()).toBe('%PDF-');
    expect(kept.includes('SpyCam')).toBe(false);
    const text = promisify(execFile)('pdftotext', ['-', '-']);
    text.child.stdin?.end(kept);
    expect((await text).stderr).toBe('');
  });

  test('that came as a PDF stays as it is; anything else is refused', async () => {
    const pdf = Buffer.from('%PDF-1.7\n%%EOF\n');
    expect(await scannedDocument(pdf)).toEqual(pdf);
    await expect(scannedDocument(Buffer.from('MZ\x90\x00'))).rejects.toMatchObject({ type: 'invalid_input' });
  });
});
