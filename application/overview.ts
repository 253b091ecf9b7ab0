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
  LogTrouble,
} from './ports/instance-overview.ts';
import type { RecentChanges } from './recent-changes.ts';

/** A reading visits at most this many channels; if there are more, the list of the busiest is some readings old. */
const CHANNELS_A_READING = 2000;
/** A reading visits at most this many sessions to see which have received an update: some tenths of a millisecond. */
const SESSIONS_A_READING = 10_000;
const BUSIEST = 10;

interface Process {
  readonly logName: string;
  /** Its number among several processes; null: there is only one. */
  readonly worker: number | null;
}

interface Parts {
  readonly hubs: Hubs;
  readonly tail: LogTail;
  readonly recent: RecentChanges;
  readonly gauges: Gauges;
  readonly clock: Clock;
  /** The last problem with the log. */
  readonly lines: { readonly troubleOfLog: LogTrouble | undefined };
}

/** A value, and since when it has been the same. */
class Lasting {
  #value: string;
  #sinceMs: number;

  constructor(value: string, nowMs: number) {
    this.#value = value;
    this.#sinceMs = nowMs;
  }

  get since(): string {
    return new Date(this.#sinceMs).toISOString();
  }

  look(value: string, nowMs: number): void {
    if (value !== this.#value) this.#sinceMs = nowMs;
    this.#value = value;
  }
}

export class Overview implements InstanceOverviews {
  readonly #process: Process;
  readonly #parts: Parts;
  readonly #verdict: Lasting;
  readonly #connected: Lasting;
  readonly #caughtUp: Lasting;
  /** The channels that the current reading of all channels has not visited yet. */
  #unseen: Iterator<EnvironmentId> | undefined;
  #found: BusyEnvironment[] = [];
  #busiest: readonly BusyEnvironment[] = [];

  constructor(process: Process, parts: Parts) {
    this.#process = process;
    this.#parts = parts;
    const nowMs = parts.clock.epochMs();
    this.#verdict = new Lasting('starting', nowMs);
    this.#connected = new Lasting('false', nowMs);
    this.#caughtUp = new Lasting('false', nowMs);
  }

  /** Notes since when the values have been the same; costs next to nothing. */
  look(): void {
    const { unready, logConnected, caughtUp } = this.#parts.gauges.read();
    const nowMs = this.#parts.clock.epochMs();
    this.#verdict.look(unready ?? 'ready', nowMs);
    this.#connected.look(String(logConnected), nowMs);
    this.#caughtUp.look(caughtUp ? `in epoch ${this.#parts.tail.epoch}` : 'false', nowMs);
  }

  read(): InstanceOverview {
    const { tail, gauges, lines } = this.#parts;
    this.look();
    const readings = gauges.read();
    this.#lookAtChannels();
    return {
      worker: this.#process.worker,
      verdict: readings.unready ?? 'ready',
      since: this.#verdict.since,
      log: {
        name: this.#process.logName,
        connected: readings.logConnected,
        connectedSince: this.#connected.since,
        caughtUp: readings.caughtUp,
        caughtUpSince: this.#caughtUp.since,
        trouble: lines.troubleOfLog ?? null,
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
