/**
 * How many connections the process may hold, counted over all its listeners: each is a file, and at the process's file
 * limit uWebSockets.js spins and answers no client. A listener that accepts one beyond it closes it at once.
 */
export class ConnectionBudget {
  readonly #max: number;
  #open = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Counts a connection, and returns whether there was room. A rejected connection counts until it is closed. */
  opened(): boolean {
    return ++this.#open <= this.#max;
  }

  closed(): void {
    this.#open--;
  }
}
