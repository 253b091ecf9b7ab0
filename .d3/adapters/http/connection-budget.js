/**
 * How many connections the process may hold, counted over all its listeners: each is a file, and at the process's file
 * limit uWebSockets.js spins and answers nobody. Whoever accepts one beyond it closes it at once.
 */
export class ConnectionBudget {
    #max;
    #open = 0;
    constructor(max) {
        this.#max = max;
    }
    /** Counts a connection, and tells whether there was room for it. One that is closed for want of it counts until then. */
    opened() {
        return ++this.#open <= this.#max;
    }
    closed() {
        this.#open--;
    }
}
//# sourceMappingURL=connection-budget.js.map