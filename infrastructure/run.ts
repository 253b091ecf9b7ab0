import type { Config } from './config.ts';
import { composeService, TOKENS } from './container.ts';
import { effectiveConfiguration } from './effective-configuration.ts';
import type { Service } from './service.ts';
import { version } from './version.ts';

/**
 * Starts the service and keeps it until a signal: the first one drains, a second one ends at once.
 *
 * @param environment what the configuration was read from
 * @throws Error when it cannot start
 */
export async function run(config: Config, environment: NodeJS.ProcessEnv): Promise<Service> {
  const container = composeService(config);
  const logger = container.get(TOKENS.logger);
  const service = container.get(TOKENS.service);
  logger.info('starting', {
    version: version(),
    node: process.versions.node,
    configuration: effectiveConfiguration(environment, config),
  });
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
