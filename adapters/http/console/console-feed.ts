import type { Clock, Timer } from '../../../application/ports/clock.ts';
import type { InstanceOverviews } from '../../../application/ports/instance-overview.ts';
import type { StreamHandle } from '../../../application/ports/streams.ts';
import type { LogFields } from '../../../application/ports/logger.ts';
import type { StreamSocket } from '../exchange.ts';

/** The last lines of the log, for open pages. */
export interface LogLines {
  /** The number of the last line. */
  readonly last: number;
  after(number: number): readonly { readonly event: string; readonly fields: LogFields }[];
}

const EVERY_MS = 1000;
const MAX_PAGES = 8;

/** Sends the state to every open page once a second. Without an open page it does nothing. */
export class ConsoleFeed {
  readonly #overviews: InstanceOverviews;
  readonly #lines: LogLines;
  readonly #clock: Clock;
  readonly #pages = new Set<Page>();
  #timer: Timer | undefined;
  #lastLine = 0;

  constructor(overviews: InstanceOverviews, lines: LogLines, clock: Clock) {
    this.#overviews = overviews;
    this.#lines = lines;
    this.#clock = clock;
  }

  get hasRoom(): boolean {
    return this.#pages.size < MAX_PAGES;
  }

  /** Sends the state at once, with all lines that are remembered. */
  open(begin: () => StreamSocket): void {
    const socket = begin();
    const page = new Page(socket, () => this.#close(page));
    socket.attach(page);
    this.#pages.add(page);
    // A page that is open already gets these lines with the next second.
    if (this.#pages.size === 1) this.#lastLine = this.#lines.last;
    page.send(this.#frame(0));
    this.#timer ??= this.#clock.after(EVERY_MS, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#pages.size === 0) return;
    const frame = this.#frame(this.#lastLine);
    this.#lastLine = this.#lines.last;
    for (const page of this.#pages) page.send(frame);
    this.#timer = this.#clock.after(EVERY_MS, () => this.#tick());
  }

  #close(page: Page): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #frame(afterLine: number): string {
    return `data: ${JSON.stringify({ overview: this.#overviews.read(), lines: this.#lines.after(afterLine) })}\n\n`;
  }
}

/** A page that does not read is passed over until it does: the next state is all that it needs. */
class Page implements StreamHandle {
  readonly #socket: StreamSocket;
  readonly #onGone: () => void;
  #isCongested = false;

  constructor(socket: StreamSocket, onGone: () => void) {
    this.#socket = socket;
    this.#onGone = onGone;
  }

  send(frame: string): void {
    if (this.#isCongested) return this.#socket.rearm();
    const outcome = this.#socket.write(frame);
    if (outcome === 'congested') this.#isCongested = true;
    else if (outcome === 'closed') this.gone();
  }

  drained(): void {
    this.#isCongested = false;
  }

  gone(): void {
    this.#onGone();
  }
}
