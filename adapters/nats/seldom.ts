import type { Clock } from '../../application/ports/clock.ts';

/** Kinds hold reasons from outside. At this bound all are forgotten: a line may come early then, but memory stays. */
const MAX_KINDS = 100;

/** Bounds the rate of each kind of log line: NATS or a stranger can cause the same one a thousand times a second. */
export class Seldom {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #kinds = new Map<string, { saidMs: number; unmentioned: number }>();

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Undefined: say nothing of this kind now. Otherwise how many times nothing was said of it since the last line. */
  due(kind: string): { readonly unmentioned: number } | undefined {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#kinds.get(kind);
    if (known !== undefined && nowMs - known.saidMs < this.#everyMs) {
      known.unmentioned += 1;
      return undefined;
    }
    if (known === undefined && this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(kind, { saidMs: nowMs, unmentioned: 0 });
    return { unmentioned: known?.unmentioned ?? 0 };
  }
}
