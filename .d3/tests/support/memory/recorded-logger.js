/** A logger that keeps its lines, without a limit. */
export class RecordedLogger {
    lines = [];
    debug(event, fields = {}, kind) {
        this.lines.push({ level: 'debug', event, fields, kind });
    }
    info(event, fields = {}, kind) {
        this.lines.push({ level: 'info', event, fields, kind });
    }
    warn(event, fields = {}, kind) {
        this.lines.push({ level: 'warn', event, fields, kind });
    }
    error(event, fields = {}, kind) {
        this.lines.push({ level: 'error', event, fields, kind });
    }
    of(event) {
        return this.lines.filter((line) => line.event === event).map((line) => line.fields);
    }
    /** The kinds of an event's lines: so many of them a real logger writes in a while. */
    kindsOf(event) {
        return [...new Set(this.lines.filter((line) => line.event === event).map((line) => line.kind))];
    }
}
//# sourceMappingURL=recorded-logger.js.map