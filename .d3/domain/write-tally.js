/** Counts writes as they happen, so that telemetry is told once a slice and not once a delivery. */
export class WriteTally {
    updates = 0;
    keepAlives = 0;
    failedUpdates = 0;
    failedKeepAlives = 0;
    count(message, outcome) {
        if (message === 'data') {
            if (outcome === 'closed')
                this.failedUpdates++;
            else
                this.updates++;
        }
        else if (outcome === 'closed')
            this.failedKeepAlives++;
        else
            this.keepAlives++;
    }
    reset() {
        this.updates = this.keepAlives = this.failedUpdates = this.failedKeepAlives = 0;
    }
}
//# sourceMappingURL=write-tally.js.map