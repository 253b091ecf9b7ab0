/** The running service: the order in which its parts start and stop. */
export class Service {
    #parts;
    constructor(parts) {
        this.#parts = parts;
    }
    /** The ports that the listeners have, in the order of the configuration. */
    get ports() {
        return this.#parts.listeners.flatMap((listener) => listener.ports);
    }
    /**
     * Listens first, so that clients are held while the log is still being reached.
     *
     * @throws Error when an address cannot be bound; those that were bound are let go
     */
    async start() {
        try {
            for (const listener of this.#parts.listeners)
                await listener.listen();
        }
        catch (error) {
            for (const listener of this.#parts.listeners)
                listener.stopListening();
            await Promise.all(this.#parts.listeners.map((listener) => listener.close()));
            throw error;
        }
        this.#parts.sweep.start();
        this.#parts.log.follow(this.#parts.tail);
    }
    /** Drains, and lets go of everything. */
    async stop() {
        await this.#parts.drain.run();
        this.#parts.sweep.stop();
        await this.#parts.log.close();
        await Promise.all(this.#parts.listeners.map((listener) => listener.close()));
    }
    /** The way out of a process that cannot go on: every stream is ended at once, and a second is all that it takes. */
    async endAtOnce() {
        await this.#parts.drain.endAtOnce();
        await Promise.allSettled(this.#parts.listeners.map((listener) => listener.close()));
    }
}
//# sourceMappingURL=service.js.map