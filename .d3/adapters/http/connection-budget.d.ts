/**
 * How many connections the process may hold, counted over all its listeners: each is a file, and at the process's file
 * limit uWebSockets.js spins and answers nobody. Whoever accepts one beyond it closes it at once.
 */
export declare class ConnectionBudget {
    #private;
    constructor(max: number);
    /** Counts a connection, and tells whether there was room for it. One that is closed for want of it counts until then. */
    opened(): boolean;
    closed(): void;
}
