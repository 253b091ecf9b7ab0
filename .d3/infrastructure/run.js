import cluster from 'node:cluster';
import { standardOutput } from "../adapters/telemetry/standard-output.js";
import { composeService, TOKENS } from "./container.js";
import { endOnCrash, hasCrashed } from "./crash.js";
import { version } from "./version.js";
import { WorkerPool } from "./worker-pool.js";
import { obeyPrimary } from "./worker.js";
/**
 * Starts the service in this process and keeps it until a signal: the first one drains, a second one ends at once. A
 * crash ends the streams properly before the process.
 *
 * @throws Error when it cannot start
 */
export async function run(config) {
    const container = composeService(config);
    const logger = container.get(TOKENS.logger);
    const service = container.get(TOKENS.service);
    endOnCrash(logger, () => service.endAtOnce());
    if (!cluster.isWorker)
        logger.info('starting', startingFields(config));
    await service.start();
    const { log, maxSubscribers } = config;
    logger.info('started', { ports: service.ports, updateLog: log.kind.name, maxSubscribers });
    let stopping = false;
    const stop = (why) => {
        if (stopping)
            return;
        stopping = true;
        logger.info('stopping', { why });
        void service.stop().then(() => end(logger));
    };
    if (cluster.isWorker) {
        obeyPrimary({ ports: service.ports, health: container.get(TOKENS.health), stop });
        // A terminal and some supervisors signal every process of a group: the order to drain comes from the primary, and
        // the same signal twice is none to end at once.
        process.on('SIGTERM', () => stop('SIGTERM'));
        for (const signal of ['SIGINT', 'SIGHUP'])
            process.on(signal, () => undefined);
    }
    else
        onSignals(stop, () => process.exit(1));
    return service;
}
/**
 * Starts the service as several workers that share its port. SIGTERM drains them all, SIGHUP replaces them in turn.
 * When this process crashes, they drain.
 *
 * @throws Error when they cannot start
 */
export async function runWorkers(config) {
    const container = composeService(config);
    const logger = container.get(TOKENS.logger);
    logger.info('starting', startingFields(config));
    const pool = new WorkerPool(config, container.get(TOKENS.clock), logger);
    endOnCrash(logger, () => pool.stop());
    const stop = (why) => {
        logger.info('stopping', { why });
        void pool.stop().then(() => end(logger));
    };
    onSignals(stop, () => {
        pool.kill();
        process.exit(1);
    });
    process.on('SIGHUP', () => void pool.replaceAll());
    await pool.start();
}
async function end(logger) {
    if (hasCrashed())
        return;
    logger.info('stopped');
    await standardOutput.written();
    if (!hasCrashed())
        process.exit(0);
}
function startingFields(config) {
    return {
        version: version(),
        node: process.versions.node,
        configuration: config.shown,
    };
}
function onSignals(stop, endAtOnce) {
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'])
        process.on(signal, () => {
            if (stopping)
                return endAtOnce();
            stopping = true;
            stop(signal);
        });
}
//# sourceMappingURL=run.js.map