import { standardOutput } from "../adapters/telemetry/standard-output.js";
import { thrown } from "../application/thrown.js";
let crashed = false;
/**
 * What nothing caught, an exception or a rejected promise, is a bug after which the process cannot be trusted. It is
 * logged, and the process ends with 1; but first it ends its streams, because some SDKs never come back after a
 * reset. A second crash meanwhile ends it at once.
 *
 * @param endStreams takes a bounded time
 */
export function endOnCrash(logger, endStreams) {
    process.on('uncaughtException', (error, origin) => {
        if (crashed)
            process.exit(1);
        crashed = true;
        void end(logger, endStreams, { origin, ...thrown(error) });
    });
}
/** Whether the process is ending because it crashed: then nothing else decides when it ends, or with which code. */
export function hasCrashed() {
    return crashed;
}
async function end(logger, endStreams, why) {
    logger.error('crashed', why);
    try {
        await endStreams();
    }
    finally {
        await standardOutput.written();
        process.exit(1);
    }
}
//# sourceMappingURL=crash.js.map