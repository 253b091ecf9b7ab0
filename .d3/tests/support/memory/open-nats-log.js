import { NatsLog } from "../../../adapters/nats/nats-log.js";
import { parseNatsUrl } from "../../../adapters/nats/nats-url.js";
import { MemoryTelemetry } from "../../../adapters/memory/memory-telemetry.js";
import { SystemClock } from "../../../adapters/system/system-clock.js";
import { RecordedLogger } from "./recorded-logger.js";
/** A log on a test's own server, with what it logs and counts. */
export function openNatsLog(options) {
    const logger = new RecordedLogger();
    const telemetry = new MemoryTelemetry();
    const log = new NatsLog({
        address: natsAddress(options.url),
        files: options.files ?? {},
        stream: options.stream ?? 'environments-stream',
        replicas: options.replicas ?? 1,
        retentionMs: options.retentionMs ?? 3_600_000,
    }, { clock: options.clock ?? new SystemClock(), logger, telemetry, random: Math.random });
    return { log, logger, telemetry };
}
function natsAddress(url) {
    const address = parseNatsUrl(url);
    if ('invalid' in address)
        throw new Error(address.invalid);
    return address;
}
//# sourceMappingURL=open-nats-log.js.map