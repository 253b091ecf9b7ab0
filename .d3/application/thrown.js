/** What a log line says of something that was thrown, which need not be an error. */
export function thrown(error) {
    return error instanceof Error ? { reason: error.message, stack: error.stack } : { reason: String(error) };
}
//# sourceMappingURL=thrown.js.map