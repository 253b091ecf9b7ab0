/**
 * `halyard`: a whole service in your own process.
 *
 * ```ts
 * import { composeService, readConfig, TOKENS } from 'halyard';
 *
 * const container = composeService(readConfig({ ...process.env, UPDATE_LOG: 'memory' }));
 * container.rebind(TOKENS.log).toConstantValue(myLog); // any adapter, until the service is made
 * const service = container.get(TOKENS.service);
 * await service.start();
 * // … `service.ports`, and at the end:
 * await service.stop();
 * ```
 *
 * Its types refer to those of Node (`@types/node`) and, through NATS, of the newest ECMAScript (`lib: ["ESNext"]`). If
 * you have neither, set `skipLibCheck`. The other entry points need only the DOM's types, or Node's.
 */
export type { Container } from 'inversify';
export { type Config, ConfigError, readConfig } from '../config.ts';
export { composeService, TOKENS } from '../container.ts';
export type { Service } from '../service.ts';
