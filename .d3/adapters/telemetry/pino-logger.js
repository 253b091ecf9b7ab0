import { pino } from 'pino';
import { LineLimit } from "./line-limit.js";
import { standardOutput } from "./standard-output.js";
/**
 * One JSON line an event, on standard output unless another destination is given. Lines beyond the limit are counted,
 * and the next line that begins a window says how many were left out.
 */
export class PinoLogger {
    #pino;
    #clock;
    #limit = new LineLimit();
    constructor(options, clock, destination = standardOutput) {
        const settings = {
            level: options.level,
            base: options.worker === undefined ? null : { worker: options.worker },
            timestamp: pino.stdTimeFunctions.isoTime,
            formatters: { level: (label) => ({ level: label }) },
            messageKey: 'event',
        };
        this.#pino = pino(settings, destination);
        this.#clock = clock;
    }
    debug(event, fields, kind) {
        this.#write('debug', event, fields, kind);
    }
    info(event, fields, kind) {
        this.#write('info', event, fields, kind);
    }
    warn(event, fields, kind) {
        this.#write('warn', event, fields, kind);
    }
    error(event, fields, kind) {
        this.#write('error', event, fields, kind);
    }
    #write(level, event, fields = {}, kind) {
        if (!this.#pino.isLevelEnabled(level))
            return;
        const leftOut = this.#limit.admit(event, kind, this.#clock.monotonicMs());
        if (leftOut === undefined)
            return;
        this.#pino[level](leftOut > 0 ? { ...fields, linesLeftOut: leftOut } : fields, event);
    }
}
//# sourceMappingURL=pino-logger.js.map