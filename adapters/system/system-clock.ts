import type { Clock, Timer } from '../../application/ports/clock.ts';

/** The machine's clocks and the event loop's timers. */
export class SystemClock implements Clock {
  epochMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  }

  /** `setImmediate`, not a microtask, which would still run in an HTTP handler's turn. */
  nextTurn(task: () => void): void {
    setImmediate(task);
  }
}
