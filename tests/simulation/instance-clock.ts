import type { Clock, Timer } from '../../application/ports/clock.ts';

/** One instance's view of the world's clock. When the instance dies, its timers and turns die with it. */
export class InstanceClock implements Clock {
  readonly #world: Clock;
  readonly #timers = new Set<Timer>();
  #dead = false;

  constructor(world: Clock) {
    this.#world = world;
  }

  /** The timers that are set and have not run. */
  get timers(): number {
    return this.#timers.size;
  }

  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  epochMs(): number {
    return this.#world.epochMs();
  }

  monotonicMs(): number {
    return this.#world.monotonicMs();
  }

  after(delayMs: number, task: () => void): Timer {
    if (this.#dead) return { cancel: () => undefined };
    const timer = this.#world.after(delayMs, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.#timers.delete(timer);
      },
    };
  }

  nextTurn(task: () => void): void {
    this.#world.nextTurn(() => {
      if (!this.#dead) task();
    });
  }
}
