import type { FlagsRelay } from './flags-relay.ts';
import type { Health } from './health.ts';
import type { Hubs } from './hubs.ts';
import type { LogTail } from './log-tail.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { UpdateLog } from './ports/update-log.ts';
import type { GaugeReadings, Gauges } from './ports/gauges.ts';
import type { Sweep } from './sweep.ts';

interface Parts {
  readonly hubs: Hubs;
  readonly sweep: Sweep;
  readonly pending: PendingUpdates;
  readonly health: Health;
  readonly tail: LogTail;
  /** Undefined: this instance does not use the API. */
  readonly relay: FlagsRelay | undefined;
}

/** Reads the figures that the parts keep anyway. */
export class InstanceGauges implements Gauges {
  readonly #maxSubscribers: number;
  readonly #parts: Parts;
  readonly #log: UpdateLog;

  constructor(maxSubscribers: number, parts: Parts, log: UpdateLog) {
    this.#maxSubscribers = maxSubscribers;
    this.#parts = parts;
    this.#log = log;
  }

  read(): GaugeReadings {
    const { hubs, sweep, pending, health, tail, relay } = this.#parts;
    const { connected, durable } = this.#log.status();
    return {
      subscribers: hubs.subscribers,
      maxSubscribers: this.#maxSubscribers,
      // Sessions that left since the sweep are still in its counts.
      congested: Math.min(sweep.congested, hubs.subscribers),
      behind: Math.min(sweep.behind, hubs.subscribers),
      channels: hubs.channels,
      spreading: hubs.passes,
      pending: pending.size,
      flagsWaiting: relay?.waiting ?? 0,
      flagsKeptBytes: relay?.keptBytes ?? 0,
      logConnected: connected,
      caughtUp: health.caughtUp,
      logDurable: durable ?? true,
      clockSkewMs: tail.clockSkewMs,
      unready: health.unready(),
    };
  }
}
