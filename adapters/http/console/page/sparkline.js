// A line of figures over time, drawn by hand: a library would be larger than the page.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 300;
const HEIGHT = 60;
const KEPT_MS = 15 * 60 * 1000;
/** The whole width is at least a minute, so that a line is seen soon. */
const SHORTEST_MS = 60 * 1000;

/** Draws the figures of the last fifteen minutes below a caption that has the last one. */
export class Sparkline {
  #points = [];
  #caption = document.createElement('figcaption');
  #line = document.createElementNS(SVG, 'polyline');
  #picture = document.createElementNS(SVG, 'svg');

  /**
   * @param {HTMLElement} parent
   * @param {string} name
   * @param {(value: number) => string} format
   */
  constructor(parent, name, format) {
    this.name = name;
    this.format = format;
    this.#picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.#picture.setAttribute('preserveAspectRatio', 'none');
    this.#picture.setAttribute('role', 'img');
    this.#picture.append(this.#line);
    const figure = document.createElement('figure');
    figure.append(this.#caption, this.#picture);
    parent.append(figure);
    this.#show(undefined, 0);
  }

  /** @param {number | undefined} value undefined: there was nothing to measure */
  add(value) {
    const now = Date.now();
    if (value !== undefined) this.#points.push([now, value]);
    while (this.#points.length > 0 && now - this.#points[0][0] > KEPT_MS) this.#points.shift();
    const greatest = Math.max(...this.#points.map(([, each]) => each), 0);
    const spanMs = Math.max(SHORTEST_MS, now - (this.#points[0]?.[0] ?? now));
    const place = ([at, each]) =>
      `${WIDTH - ((now - at) / spanMs) * WIDTH},${HEIGHT - 2 - (each / (greatest || 1)) * (HEIGHT - 4)}`;
    this.#line.setAttribute('points', this.#points.map(place).join(' '));
    this.#show(value, greatest);
  }

  #show(value, greatest) {
    const last = value === undefined ? '-' : this.format(value);
    this.#caption.textContent = `${this.name}: ${last}`;
    this.#picture.setAttribute('aria-label', `${this.name}: ${last}, at most ${this.format(greatest)}`);
  }
}
