/** What is cut out of a picture: how much nearer than the whole (1 to 4), and where, from 0 (left, top) to 1. */
export interface Crop {
  zoom: number;
  x: number;
  y: number;
}

/** The part of a picture that fills a frame of this shape. */
export function cutOf({ width, height }: { width: number; height: number }, { zoom, x, y }: Crop, ratio: number) {
  const whole = width / height > ratio ? { w: height * ratio, h: height } : { w: width, h: width / ratio };
  const [w, h] = [whole.w / zoom, whole.h / zoom];
  return { left: (width - w) * x, top: (height - h) * y, width: w, height: h };
}

/** Draws the part that is cut out, over the whole canvas. */
export function drawCut(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const { left, top, width, height } = cutOf(picture, crop, canvas.width / canvas.height);
  canvas.getContext('2d')?.drawImage(picture, left, top, width, height, 0, 0, canvas.width, canvas.height);
}

/** The part that is cut out as a file, in the size that the server keeps. */
export function cutFile(picture: ImageBitmap, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [480, 600];
  drawCut(canvas, picture, crop);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture cannot be coded'))), 'image/jpeg', 0.92);
  });
}

const within = (n: number) => Math.min(1, Math.max(0, n));

/** The crop after the picture was dragged by so many pixels of a canvas. */
export function dragged(picture: ImageBitmap, crop: Crop, by: { x: number; y: number; canvas: HTMLCanvasElement }): Crop {
  const shown = by.canvas.getBoundingClientRect();
  const cut = cutOf(picture, crop, by.canvas.width / by.canvas.height);
  const [roomX, roomY] = [picture.width - cut.width, picture.height - cut.height];
  const moved = (at: number, pixels: number, of: { cut: number; shown: number; room: number }) =>
    of.room <= 0 ? at : within(at - (pixels * of.cut) / of.shown / of.room);
  return {
    ...crop,
    x: moved(crop.x, by.x, { cut: cut.width, shown: shown.width, room: roomX }),
    y: moved(crop.y, by.y, { cut: cut.height, shown: shown.height, room: roomY }),
  };
}
