import type { Clock } from '../../application/ports/clock.ts';
import type { Answer } from './answer.ts';
import type { HttpExchange } from './exchange.ts';

/** Some SDKs ask again at once, without a pause: a refusal that takes its time keeps them from a tight loop. */
const HOLD_MS = 5000;

/**
 * Requests that will be refused, but not at once, counted over all listeners of the process. Each takes a connection,
 * or a stream of one, as long as it is held. Beyond the bound a refusal is answered at once, and closes its connection
 * where that carries nothing else: a client that asks in a loop has to connect first, and leaves no file open.
 */
export class HeldRefusals {
  readonly #max: number;
  readonly #clock: Clock;
  readonly #held = new Set<HttpExchange>();

  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  /** Answers after the hold; not at all if the client has gone by then. */
  refuse(exchange: HttpExchange, answer: Answer): void {
    if (this.#held.size >= this.#max) return exchange.answer({ ...answer, close: true });
    this.#held.add(exchange);
    const hold = this.#clock.after(HOLD_MS, () => {
      this.#held.delete(exchange);
      exchange.answer(answer);
    });
    exchange.onGone(() => {
      hold.cancel();
      this.#held.delete(exchange);
    });
  }
}
