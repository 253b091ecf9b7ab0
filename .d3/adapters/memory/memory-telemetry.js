/** Counts in memory, by the name of the count and its label: `wrote.data`, `streamClosed.age`. */
export class MemoryTelemetry {
    #counts = new Map();
    count(name) {
        return this.#counts.get(name) ?? 0;
    }
    streamOpened() {
        this.#add('streamOpened');
    }
    streamClosed(reason) {
        this.#add(`streamClosed.${reason}`);
    }
    streamRefused(reason) {
        this.#add(`streamRefused.${reason}`);
    }
    wrote(message, count) {
        this.#add(`wrote.${message}`, count);
    }
    writeFailed(message, count) {
        this.#add(`writeFailed.${message}`, count);
    }
    delivered(count) {
        this.#add('delivered', count);
    }
    passFinished() {
        this.#add('passFinished');
    }
    changeAnswered(outcome) {
        this.#add(`changeAnswered.${outcome}`);
    }
    webhookAnswered(outcome) {
        this.#add(`webhookAnswered.${outcome}`);
    }
    changesMerged(count) {
        this.#add('changesMerged', count);
    }
    pendingSettled(outcome) {
        this.#add(`pendingSettled.${outcome}`);
    }
    repairTried(outcome) {
        this.#add(`repairTried.${outcome}`);
    }
    logError(operation) {
        this.#add(`logError.${operation}`);
    }
    messageSkipped(reason) {
        this.#add(`messageSkipped.${reason}`);
    }
    epochStarted() {
        this.#add('epochStarted');
    }
    epochLost(reason) {
        this.#add(`epochLost.${reason}`);
    }
    #add(name, count = 1) {
        this.#counts.set(name, this.count(name) + count);
    }
}
//# sourceMappingURL=memory-telemetry.js.map