import type { Clock, Timer } from '../../application/ports/clock.ts';

interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is advanced: hours pass in a microsecond, and in the same order each time. */
export class StepClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #startMs: number;
  readonly #tasks = new Set<Task>();
  #turns: (() => void)[] = [];

  /** @param startMs the first reading of the wall clock, in milliseconds since 1970 */
  constructor(startMs = Date.UTC(2024, 11, 6)) {
    this.#startMs = startMs;
  }

  epochMs(): number {
    return this.#startMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const task: Task = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#tasks.add(task);
    return { cancel: () => void this.#tasks.delete(task) };
  }

  nextTurn(task: () => void): void {
    this.#turns.push(task);
  }

  /** Runs the tasks of the next turn, once. Tasks that these add wait for the next call. */
  turn(): number {
    const turns = this.#turns;
    this.#turns = [];
    for (const run of turns) run();
    return turns.length;
  }

  /**
   * Runs turns, and the promises that they settle, until no task is left.
   *
   * @throws Error if that does not end
   */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 100_000; turns++) {
      // Promises settle in microtasks, and a macrotask of the real loop runs after all of them.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (this.turn() === 0) return;
    }
    throw new Error('the event loop does not come to rest');
  }

  /** Lets time pass, and runs each due task at its own time. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await this.settle();
      const next = this.#next();
      if (next === undefined || next.dueMs > untilMs) break;
      this.#nowMs = next.dueMs;
      this.#tasks.delete(next);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #next(): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks)
      if (first === undefined || task.dueMs < first.dueMs || (task.dueMs === first.dueMs && task.order < first.order))
        first = task;
    return first;
  }
}
