/** The machine's clocks and the event loop's timers. */
export class SystemClock {
    epochMs() {
        return Date.now();
    }
    monotonicMs() {
        return performance.now();
    }
    after(delayMs, task) {
        const timer = setTimeout(task, delayMs);
        return { cancel: () => clearTimeout(timer) };
    }
    /** `setImmediate`, not a microtask: one of those would still run inside an HTTP handler's turn. */
    nextTurn(task) {
        setImmediate(task);
    }
}
//# sourceMappingURL=system-clock.js.map