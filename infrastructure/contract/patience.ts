const POLL_MS = 5;

/** How long a condition may take to hold. Generous: only a condition that never holds takes longer. */
export class Patience {
  readonly ms: number;

  constructor(ms = 15_000) {
    this.ms = ms;
  }

  /**
   * Waits until the condition holds.
   *
   * @param what the condition in words; a function if they depend on the progress so far
   * @throws Error that names the condition
   */
  async until(what: string | (() => string), holds: () => boolean | Promise<boolean>): Promise<void> {
    const endsMs = performance.now() + this.ms;
    while (!(await holds())) {
      if (performance.now() > endsMs) throw this.#over(what);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * Waits for a promise that may never settle.
   *
   * @throws Error that names what did not settle
   */
  async within<Value>(what: string, promise: Promise<Value>): Promise<Value> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#over(what)), this.ms);
    });
    try {
      return await Promise.race([promise, over]);
    } finally {
      clearTimeout(timer);
    }
  }

  #over(what: string | (() => string)): Error {
    return new Error(`not within ${this.ms} ms: ${typeof what === 'string' ? what : what()}`);
  }
}
