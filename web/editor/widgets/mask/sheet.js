// @ts-check
/** A picture with its mask over it, as large as one likes: what is painted on, panned and zoomed. */

/** @typedef {import('./painting.js').Painting} Painting */
/** @typedef {import('./painting.js').Brush} Brush */
/** @typedef {import('./painting.js').Area} Area */

/** What the mask is shown in: red, so that it is seen on most pictures. */
const TINT = /** @type {const} */ ([255, 56, 72]);
const SHOWN = 0.62;

export class Sheet {
  #stage;
  #paper;
  #overlay;
  #ring;
  #painting;
  #brushOf;
  #changed;
  #view = { x: 0, y: 0, scale: 1 };
  /** Fingers and pens on the stage. @type {Map<number, {x: number, y: number}>} */
  #touches = new Map();
  /** What a press does until it is let go. @type {'paint' | 'pan' | 'pinch' | null} */
  #doing = null;
  #held = false;

  /** @param {HTMLImageElement} picture loaded @param {Painting} painting
   * @param {() => Brush} brushOf what is painted with now @param {() => void} changed told after each step */
  constructor(picture, painting, brushOf, changed) {
    this.#painting = painting;
    this.#brushOf = brushOf;
    this.#changed = changed;
    this.#overlay = document.createElement('canvas');
    this.#overlay.width = painting.width;
    this.#overlay.height = painting.height;
    this.#paper = make('mask-paper', picture, this.#overlay);
    this.#ring = make('mask-ring');
    this.#stage = make('mask-stage', this.#paper, this.#ring);
    this.#stage.tabIndex = 0;
    this.#paper.style.width = `${painting.width}px`;
    this.#paper.style.height = `${painting.height}px`;
    this.#listen();
    this.show();
  }

  get element() {
    return this.#stage;
  }

  /** Draw what changed. @param {Area} [area] all of it by default */
  show(area = { x: 0, y: 0, w: this.#painting.width, h: this.#painting.height }) {
    const { mask, width } = this.#painting;
    if (area.w <= 0 || area.h <= 0) return;
    const image = new ImageData(area.w, area.h);
    const { data } = image;
    for (let row = 0, at = 0; row < area.h; row += 1) {
      const start = (area.y + row) * width + area.x;
      for (let column = 0; column < area.w; column += 1, at += 4) {
        [data[at], data[at + 1], data[at + 2]] = TINT;
        data[at + 3] = (mask[start + column] ?? 0) * SHOWN;
      }
    }
    this.#overlay.getContext('2d')?.putImageData(image, area.x, area.y);
  }

  /** Have all of the picture in sight. */
  fit() {
    const { clientWidth, clientHeight } = this.#stage;
    const { width, height } = this.#painting;
    const scale = Math.min((clientWidth - 48) / width, (clientHeight - 48) / height, 8);
    this.#view = { x: (clientWidth - width * scale) / 2, y: (clientHeight - height * scale) / 2, scale: Math.max(scale, 0.01) };
    this.#place();
  }

  /** @param {number} factor @param {{x: number, y: number}} [at] from the stage's corner */
  zoom(factor, at = { x: this.#stage.clientWidth / 2, y: this.#stage.clientHeight / 2 }) {
    const scale = Math.min(Math.max(this.#view.scale * factor, 0.02), 32);
    const grown = scale / this.#view.scale;
    this.#view = { scale, x: at.x - (at.x - this.#view.x) * grown, y: at.y - (at.y - this.#view.y) * grown };
    this.#place();
  }

  /** The brush is another one: its ring is drawn anew. */
  refreshRing() {
    const size = this.#brushOf().size * this.#view.scale;
    this.#ring.style.width = this.#ring.style.height = `${size}px`;
  }

  #place() {
    const { x, y, scale } = this.#view;
    this.#paper.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.#paper.classList.toggle('is-near', scale >= 3);
    this.refreshRing();
  }

  #listen() {
    const stage = this.#stage;
    stage.addEventListener('pointerdown', (event) => this.#down(event));
    stage.addEventListener('pointermove', (event) => this.#move(event));
    stage.addEventListener('pointerup', (event) => this.#up(event));
    stage.addEventListener('pointercancel', (event) => this.#up(event));
    stage.addEventListener('pointerleave', () => (this.#ring.hidden = true));
    stage.addEventListener('contextmenu', (event) => event.preventDefault());
    stage.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.03 : 0.0015)), this.#at(event));
    }, { passive: false });
    stage.addEventListener('keydown', ({ code }) => (this.#held ||= code === 'Space'));
    stage.addEventListener('keyup', ({ code }) => (this.#held &&= code !== 'Space'));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    event.preventDefault();
    this.#stage.focus({ preventScroll: true });
    this.#stage.setPointerCapture(event.pointerId);
    this.#touches.set(event.pointerId, this.#at(event));
    if (event.pointerType === 'touch' && this.#touches.size > 1) {
      if (this.#doing === 'paint') this.show(this.#painting.cancel());
      this.#doing = 'pinch';
    } else if (event.button === 1 || this.#held) this.#doing = 'pan';
    else if (event.button === 0 || event.button === 2 || event.button === 5) {
      this.#doing = 'paint';
      const brush = this.#brushOf();
      // The right button and the other end of a pen erase.
      this.show(this.#painting.begin({ ...brush, erases: brush.erases || event.button !== 0 }, this.#dab(event)));
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const now = this.#at(event);
    const before = this.#touches.get(event.pointerId);
    this.#ring.hidden = event.pointerType === 'touch';
    this.#ring.style.transform = `translate(${now.x}px, ${now.y}px) translate(-50%, -50%)`;
    if (this.#doing === 'paint') {
      const told = event.getCoalescedEvents?.() ?? [];
      for (const one of told.length ? told : [event]) this.show(this.#painting.lineTo(this.#dab(one)));
    } else if (before && this.#doing === 'pan') this.#pan(now.x - before.x, now.y - before.y);
    else if (before && this.#doing === 'pinch') this.#pinch(event.pointerId, before, now);
    if (before) this.#touches.set(event.pointerId, now);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#touches.delete(event.pointerId);
    if (this.#doing === 'paint') {
      if (event.type === 'pointercancel') this.show(this.#painting.cancel());
      else this.#painting.end();
      this.#changed();
    }
    if (this.#touches.size === 0) this.#doing = null;
  }

  /** @param {number} dx @param {number} dy */
  #pan(dx, dy) {
    this.#view = { ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy };
    this.#place();
  }

  /** @param {number} id @param {{x: number, y: number}} before @param {{x: number, y: number}} now */
  #pinch(id, before, now) {
    const other = [...this.#touches].find(([one]) => one !== id)?.[1];
    if (!other) return;
    const gap = (/** @type {{x: number, y: number}} */ { x, y }) => Math.max(Math.hypot(x - other.x, y - other.y), 8);
    this.#pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.zoom(gap(now) / gap(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  /** @param {MouseEvent} event */
  #at({ clientX, clientY }) {
    const box = this.#stage.getBoundingClientRect();
    return { x: clientX - box.x, y: clientY - box.y };
  }

  /** Pixels of the picture; only pens tell of their pressure. @param {PointerEvent} event */
  #dab(event) {
    const { x, y } = this.#at(event);
    const pressure = event.pointerType === 'pen' ? Math.max(event.pressure, 0.05) : 1;
    return { x: (x - this.#view.x) / this.#view.scale, y: (y - this.#view.y) / this.#view.scale, pressure };
  }
}

/** @param {string} name @param {...Node} children */
function make(name, ...children) {
  const element = document.createElement('div');
  element.className = name;
  element.append(...children);
  return element;
}
