import cluster from 'node:cluster';
import type { Container } from 'inversify';
import { standardOutput } from '../adapters/telemetry/standard-output.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Config } from './config.ts';
import { composeService, TOKENS } from './container.ts';
import { endOnCrash, hasCrashed } from './crash.ts';
import type { Service } from './service.ts';
import { version } from './version.ts';
import { WorkerPool } from './worker-pool.ts';
import { obeyPrimary } from './worker.ts';

/**
 * Starts the service in this process and keeps it until a signal: the first one drains, a second one ends it at once.
 * A crash ends the streams properly before it ends the process.
 *
 * @param adapt replaces adapters before anything is made
 * @throws Error when it cannot start
 */
export async function run(config: Config, adapt?: (container: Container) => void): Promise<Service> {
  const container = composeService(config);
  adapt?.(container);
  const logger = container.get(TOKENS.logger);
  const service = container.get(TOKENS.service);
  endOnCrash(logger, () => service.endAtOnce());
  if (!cluster.isWorker) logStart(config, logger);
  await service.start();
  const { log, maxSubscribers } = config;
  logger.info('started', { ports: service.ports, updateLog: log.kind.name, maxSubscribers });
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { why });
    void service.stop().then(() => end(logger));
  };
  if (cluster.isWorker) {
    obeyPrimary({ ports: service.ports, health: container.get(TOKENS.health), stop });
    // A terminal and some supervisors signal every process of a group. The primary orders the drain; the same signal
    // twice must not force an immediate exit.
    process.on('SIGTERM', () => stop('SIGTERM'));
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  } else onSignals(stop, () => process.exit(1));
  return service;
}

/**
 * Starts the service as several workers that share its port. SIGTERM drains them all, SIGHUP replaces them in turn.
 * If this process crashes, they drain.
 *
 * @throws Error when they cannot start
 */
export async function runWorkers(config: Config): Promise<void> {
  const container = composeService(config);
  const logger = container.get(TOKENS.logger);
  logStart(config, logger);
  const pool = new WorkerPool(config, container.get(TOKENS.clock), logger);
  endOnCrash(logger, () => pool.stop());
  const stop = (why: string): void => {
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

async function end(logger: Logger): Promise<void> {
  if (hasCrashed()) return;
  logger.info('stopped');
  await standardOutput.written();
  if (!hasCrashed()) process.exit(0);
}

function logStart({ shown, unusedVariables }: Config, logger: Logger): void {
  logger.info('starting', { version: version(), node: process.versions.node, configuration: shown });
  if (unusedVariables.length > 0)
    logger.warn('variables_unused', {
      variables: unusedVariables,
      why: 'of the published image; nothing here reads them',
    });
}

function onSignals(stop: (why: string) => void, endAtOnce: () => void): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) return endAtOnce();
      stopping = true;
      stop(signal);
    });
}
