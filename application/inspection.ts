import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { Hub } from './hub.ts';
import type { Hubs } from './hubs.ts';
import type { LogTail } from './log-tail.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Clock } from './ports/clock.ts';
import type { EnvironmentReport, EnvironmentReports, PassReport, ReportedUpdate } from './ports/environment-report.ts';

/** Reports on one environment. It only reads: it never creates a channel. */
export class Inspection implements EnvironmentReports {
  readonly #hub: Hub;
  readonly #hubs: Hubs;
  readonly #tail: LogTail;
  readonly #pending: PendingUpdates;
  readonly #clock: Clock;

  constructor(
    parts: { readonly hub: Hub; readonly hubs: Hubs; readonly tail: LogTail; readonly pending: PendingUpdates },
    clock: Clock,
  ) {
    this.#hub = parts.hub;
    this.#hubs = parts.hubs;
    this.#tail = parts.tail;
    this.#pending = parts.pending;
    this.#clock = clock;
  }

  report(environment: EnvironmentId): EnvironmentReport {
    const channel = this.#hub.channels.get(environment);
    const channels = this.#hubs.channelsOf(environment);
    const register = this.#hub.newest(environment);
    const sessions = channels.flatMap((each) => [...each.sessions]);
    const left = sessions.filter((session) => session.isBehind && !session.isCongested).length;
    return {
      environment,
      register: register === undefined ? null : reported(register),
      latest: channel?.latest === undefined ? null : { ...reported(channel.latest), epoch: channel.epoch },
      epoch: this.#tail.epoch,
      subscribers: sessions.length,
      behind: sessions.filter(({ isBehind }) => isBehind).length,
      congested: sessions.filter(({ isCongested }) => isCongested).length,
      state: busiestState(channels),
      pass: this.#pass(channels, sessions.length - left, left),
      pending: this.#pending.kept(environment) ?? null,
    };
  }

  #pass(channels: readonly EnvironmentChannel[], reached: number, left: number): PassReport | null {
    const began = this.#hubs.each.flatMap((hub) => channels.map((channel) => hub.passBeganMs(channel) ?? Infinity));
    const beganMs = Math.min(...began);
    if (beganMs === Infinity) return null;
    return { seconds: Math.round((this.#clock.monotonicMs() - beganMs) / 100) / 10, reached, left };
  }
}

/** The state of an environment that has a channel in several hubs. */
function busiestState(channels: readonly EnvironmentChannel[]): EnvironmentReport['state'] {
  const states = channels.map(({ state }) => state);
  return states.find((state) => state === 'spreading') ?? states.find((state) => state === 'quiet') ?? 'empty';
}

function reported(update: Update): ReportedUpdate {
  return {
    updated_at: update.updatedAt,
    sequence: update.sequence,
    stored_at: new Date(update.storedAtMs).toISOString(),
  };
}
