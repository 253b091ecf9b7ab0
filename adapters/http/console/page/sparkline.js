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
  #last;
  #now = document.createElement('span');
  #most = document.createElement('span');
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
    const [figure, caption] = [document.createElement('figure'), document.createElement('figcaption')];
    caption.append(this.#now, this.#most);
    figure.append(caption, this.#picture);
    parent.append(figure);
    this.draw();
  }

  /**
   * @param {number | undefined} value undefined: there was nothing to measure
   * @param {number} agoMs
   */
  add(value, agoMs = 0) {
    const now = Date.now();
    if (value !== undefined) this.#points.push([now - agoMs, value]);
    while (this.#points.length > 0 && now - this.#points[0][0] > KEPT_MS) this.#points.shift();
    this.#last = value;
  }

  draw() {
    const now = Date.now();
    const greatest = Math.max(...this.#points.map(([, each]) => each), 0);
    const spanMs = Math.max(SHORTEST_MS, now - (this.#points[0]?.[0] ?? now));
    const place = ([at, each]) =>
      `${WIDTH - ((now - at) / spanMs) * WIDTH},${HEIGHT - 2 - (each / (greatest || 1)) * (HEIGHT - 4)}`;
    this.#line.setAttribute('points', this.#points.map(place).join(' '));
    const last = this.#last === undefined ? '-' : this.format(this.#last);
    const minutes = Math.max(1, Math.round(spanMs / 60_000));
    const most = `at most ${this.format(greatest)} in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}`;
    this.#now.textContent = `${this.name}: ${last}`;
    this.#most.textContent = this.#points.length === 0 ? '' : most;
    this.#picture.setAttribute('aria-label', `${this.name}: ${last}, ${most}`);
  }
}
