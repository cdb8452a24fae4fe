// @ts-check
/** The picture that a mask is painted for, and the file that the mask is sent as. */

import { viewUrl } from '../../net/api.js';
import { Painting } from './painting.js';

/** @typedef {import('../../net/api.js').FileRef} FileRef */

/** The picture without its transparency, and what of it is masked now.
 * @param {FileRef} file @returns {Promise<{picture: HTMLImageElement, painting: Painting}>} @throws {Error} it is not there, or no picture */
export async function openPicture(file) {
  // The address of a file may show another one than it did before.
  const fresh = `&now=${Date.now()}`;
  const [picture, whole] = await Promise.all([load(`${viewUrl(file)}&channel=rgb${fresh}`), load(`${viewUrl(file)}${fresh}`)]);
  const { naturalWidth: width, naturalHeight: height } = whole;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`a picture of ${width}×${height} is too large to paint on`);
  context.drawImage(whole, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const mask = new Uint8Array(width * height);
  for (let at = 0; at < mask.length; at += 1) mask[at] = 255 - (data[at * 4 + 3] ?? 255);
  return { picture, painting: new Painting(width, height, mask) };
}

/** @param {string} url @returns {Promise<HTMLImageElement>} */
async function load(url) {
  const image = new Image();
  image.src = url;
  image.alt = '';
  image.draggable = false;
  await image.decode();
  return image;
}

/** A picture that is transparent where it is masked; its colours do not count.
 * @param {Painting} painting @returns {Promise<Blob>} PNG */
export function maskFile({ width, height, mask }) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  mask.forEach((value, at) => (image.data[at * 4 + 3] = 255 - value));
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser could not write the mask'))), 'image/png'));
}
