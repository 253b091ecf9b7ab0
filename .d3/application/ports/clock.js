/** Resolves after `ms` milliseconds. */
export function pause(clock, ms) {
    return new Promise((resolve) => void clock.after(ms, resolve));
}
//# sourceMappingURL=clock.js.map