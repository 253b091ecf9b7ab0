import { MemoryLog, MemoryStore } from '../../adapters/memory/memory-log.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';

export interface Instance extends RunningService {
  /** This instance's hold on the log, to script what becomes of it. */
  readonly log: MemoryLog;
}

/** Instances that share a log, as they share JetStream. */
export class Instances {
  readonly #clock = new SystemClock();
  readonly store = new MemoryStore({ retentionMs: 3_600_000 }, this.#clock);
  readonly #started: Instance[] = [];

  async start(environment: Record<string, string> = {}): Promise<Instance> {
    const log = new MemoryLog(this.store, this.#clock);
    const service = await startService(environment, (container) => {
      container.rebind(TOKENS.log).toConstantValue(log);
      // The least of every random time: a second to `retry:`, and the lower end of each age rule.
      container.rebind(TOKENS.random).toConstantValue(() => 0);
    });
    const instance = Object.assign(Object.create(service) as RunningService, { log });
    this.#started.push(instance);
    return instance;
  }

  async stop(): Promise<void> {
    for (const instance of this.#started) await instance.stop();
  }
}
