// @ts-check
/** Pictures that nodes show: fetched by URL, kept small for drawing, told of when they are there. */

/** @typedef {import('../view/geometry.js').Rect} Rect */
/** @typedef {{readonly image: HTMLImageElement, small: ImageBitmap | null,
 *   ready: boolean, failed: boolean}} Picture */

const SMALL = 384;
const MOST = 200;

export class Pictures {
  /** In the order of their last use. @type {Map<string, Picture>} */
  #pictures = new Map();
  #whenReady;

  /** @param {(url: string) => void} whenReady */
  constructor(whenReady) {
    this.#whenReady = whenReady;
  }

  /** The picture if it is there; else it is fetched. @param {string} url @returns {Picture | null} */
  get(url) {
    const known = this.#pictures.get(url);
    if (known) {
      this.#pictures.delete(url);
      this.#pictures.set(url, known);
      return known.ready ? known : null;
    }
    this.#fetch(url);
    return null;
  }

  /** Whether a picture is on its way. @param {string} url */
  isComing(url) {
    return this.get(url) === null && this.#pictures.get(url)?.failed === false;
  }

  /** Height over width, or null while unknown. @param {string} url */
  ratio(url) {
    const found = this.get(url);
    return found ? found.image.naturalHeight / Math.max(found.image.naturalWidth, 1) : null;
  }

  /** In pixels of its own, or null while unknown. @param {string} url @returns {{w: number, h: number} | null} */
  size(url) {
    const found = this.get(url)?.image;
    return found ? { w: found.naturalWidth, h: found.naturalHeight } : null;
  }

  /** @param {string} url */
  #fetch(url) {
    const image = new Image();
    /** @type {Picture} */
    const picture = { image, small: null, ready: false, failed: false };
    this.#pictures.set(url, picture);
    for (const oldest of this.#pictures.keys()) {
      if (this.#pictures.size <= MOST) break;
      this.#pictures.get(oldest)?.small?.close();
      this.#pictures.delete(oldest);
    }
    image.src = url;
    image.decode().then(() => this.#arrived(url, picture), () => {
      picture.failed = true;
      this.#whenReady(url);
    });
  }

  /** @param {string} url @param {Picture} picture */
  async #arrived(url, picture) {
    const { naturalWidth: w, naturalHeight: h } = picture.image;
    const shrink = SMALL / Math.max(w, h);
    if (shrink < 1) {
      const size = { resizeWidth: Math.max(Math.round(w * shrink), 1), resizeHeight: Math.max(Math.round(h * shrink), 1) };
      picture.small = await createImageBitmap(picture.image, { ...size, resizeQuality: 'high' }).catch(() => null);
    }
    picture.ready = true;
    this.#whenReady(url);
  }
}

/** In how many columns pictures of a shape are shown largest. @param {number} count @param {Rect} rect @param {number} ratio height over width */
export function columnsFor(count, { w, h }, ratio) {
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const width = Math.min(w / columns, h / Math.ceil(count / columns) / ratio);
    if (width > best.width) best = { columns, width };
  }
  return best.columns;
}

/** Draw pictures side by side, each whole, into a rectangle in graph points.
 * @param {CanvasRenderingContext2D} context @param {readonly Picture[]} pictures @param {Rect} rect @param {number} density */
export function drawPictures(context, pictures, rect, density) {
  const first = pictures[0]?.image;
  const across = columnsFor(pictures.length, rect, first ? first.naturalHeight / first.naturalWidth : 1);
  const rows = Math.ceil(pictures.length / across);
  const cell = { w: rect.w / across, h: rect.h / rows };
  pictures.forEach((picture, index) => {
    const { naturalWidth, naturalHeight } = picture.image;
    const scale = Math.min((cell.w - 4) / naturalWidth, (cell.h - 4) / naturalHeight);
    const [w, h] = [naturalWidth * scale, naturalHeight * scale];
    const x = rect.x + (index % across) * cell.w + (cell.w - w) / 2;
    const y = rect.y + Math.floor(index / across) * cell.h + (cell.h - h) / 2;
    const fine = picture.small && Math.max(w, h) * density <= SMALL * 1.5 ? picture.small : picture.image;
    // Small pictures are shown as they are, down to the pixel; previews stand for larger ones.
    context.imageSmoothingEnabled = scale * density < 3 || picture.image.src.startsWith('blob:');
    context.drawImage(fine, x, y, w, h);
    context.imageSmoothingEnabled = true;
  });
}
