import type { Config } from './config.ts';
import { composeService, TOKENS } from './container.ts';
import type { Service } from './service.ts';

/**
 * Starts the service and keeps it until a signal: the first one drains, a second one ends at once.
 *
 * @throws Error when it cannot start
 */
export async function run(config: Config): Promise<Service> {
  const container = composeService(config);
  const logger = container.get(TOKENS.logger);
  const service = container.get(TOKENS.service);
  await service.start();
  logger.info('started', { ports: service.ports, updateLog: config.updateLog, maxSubscribers: config.maxSubscribers });
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      logger.info('stopping', { signal });
      void service.stop().then(() => {
        logger.info('stopped');
        process.exit(0);
      });
    });
  return service;
}
