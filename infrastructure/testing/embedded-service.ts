import type { Container } from 'inversify';
import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Config } from '../config.ts';
import { composeService, TOKENS } from '../container.ts';

/** A service on the embedded log and a given clock, composed and not started: more can be rebound. */
export interface EmbeddedService {
  readonly container: Container;
  readonly log: MemoryLog;
  readonly store: MemoryStore;
}

/** @param store another instance's, to share its log */
export function embedService(config: Config, clock: Clock, store = new MemoryStore(config, clock)): EmbeddedService {
  const log = new MemoryLog(store, clock);
  const container = composeService(config);
  container.rebind(TOKENS.clock).toConstantValue(clock);
  container.rebind(TOKENS.log).toConstantValue(log);
  return { container, log, store };
}
