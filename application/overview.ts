import type { EnvironmentId } from '../domain/environment-id.ts';
import { eventId } from '../domain/update.ts';
import type { Hubs } from './hubs.ts';
import type { LogTail } from './log-tail.ts';
import type { Clock } from './ports/clock.ts';
import type { Gauges } from './ports/gauges.ts';
import type {
  BusyEnvironment,
  ChangedEnvironment,
  InstanceOverview,
  InstanceOverviews,
} from './ports/instance-overview.ts';
import type { RecentChanges } from './recent-changes.ts';

/** A reading looks at so many channels; with more of them the list of the busiest is some readings old. */
const CHANNELS_A_READING = 2000;
/** A reading visits at most so many sessions to see which have received an update: some tenths of a millisecond. */
const SESSIONS_A_READING = 10_000;
const BUSIEST = 10;

interface Parts {
  readonly hubs: Hubs;
  readonly tail: LogTail;
  readonly recent: RecentChanges;
  readonly gauges: Gauges;
  readonly clock: Clock;
}

export class Overview implements InstanceOverviews {
  readonly #logName: string;
  readonly #parts: Parts;
  #verdict: InstanceOverview['verdict'] = 'starting';
  #sinceMs: number;
  /** Where the look at all channels has come to. */
  #unseen: Iterator<EnvironmentId> | undefined;
  #found: BusyEnvironment[] = [];
  #busiest: readonly BusyEnvironment[] = [];

  constructor(logName: string, parts: Parts) {
    this.#logName = logName;
    this.#parts = parts;
    this.#sinceMs = parts.clock.epochMs();
  }

  read(): InstanceOverview {
    const { tail, gauges, clock } = this.#parts;
    const readings = gauges.read();
    const verdict = readings.unready ?? 'ready';
    if (verdict !== this.#verdict) this.#sinceMs = clock.epochMs();
    this.#verdict = verdict;
    this.#lookAtChannels();
    return {
      verdict,
      since: new Date(this.#sinceMs).toISOString(),
      log: {
        name: this.#logName,
        connected: readings.logConnected,
        caughtUp: readings.caughtUp,
        durable: readings.logDurable,
        epoch: tail.epoch,
      },
      streams: {
        open: readings.subscribers,
        max: readings.maxSubscribers,
        congested: readings.congested,
        behind: readings.behind,
      },
      environments: { known: readings.channels, spreading: readings.spreading },
      pending: readings.pending,
      changed: this.#changed(),
      busiest: this.#busiest,
    };
  }

  #changed(): ChangedEnvironment[] {
    const { hubs, recent } = this.#parts;
    let visits = SESSIONS_A_READING;
    return recent.latest.map(([environment, update]) => {
      const streams = hubs.streamsOf(environment);
      visits -= streams;
      let reached: number | null = visits < 0 ? null : 0;
      if (reached !== null)
        for (const { sessions } of hubs.channelsOf(environment))
          for (const session of sessions) if (!session.isBehind || session.isCongested) reached++;
      return {
        environment,
        updated_at: update.updatedAt,
        id: eventId(update),
        stored_at: new Date(update.storedAtMs).toISOString(),
        streams,
        reached,
      };
    });
  }

  #lookAtChannels(): void {
    this.#unseen ??= this.#parts.hubs.environments();
    for (let looked = 0; looked < CHANNELS_A_READING; looked++) {
      const next = this.#unseen.next();
      if (next.done === true) {
        this.#busiest = this.#found;
        this.#found = [];
        this.#unseen = undefined;
        return;
      }
      const environment = next.value;
      const streams = this.#parts.hubs.streamsOf(environment);
      if (streams > (this.#found.length < BUSIEST ? 0 : (this.#found.at(-1)?.streams ?? 0)))
        this.#found = [...this.#found, { environment, streams }]
          .sort((a, b) => b.streams - a.streams)
          .slice(0, BUSIEST);
    }
  }
}
