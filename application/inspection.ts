import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import type { EnvironmentId } from '../domain/environment-id.ts';
import type { Update } from '../domain/update.ts';
import type { Hub } from './hub.ts';
import type { LogTail } from './log-tail.ts';
import type { PendingUpdates } from './pending-updates.ts';
import type { Clock } from './ports/clock.ts';
import type { EnvironmentReport, EnvironmentReports, PassReport, ReportedUpdate } from './ports/environment-report.ts';

/** Looks at one environment from outside: whoever asks leaves no trace, a channel least of all. */
export class Inspection implements EnvironmentReports {
  readonly #hub: Hub;
  readonly #tail: LogTail;
  readonly #pending: PendingUpdates;
  readonly #clock: Clock;

  constructor(hub: Hub, tail: LogTail, pending: PendingUpdates, clock: Clock) {
    this.#hub = hub;
    this.#tail = tail;
    this.#pending = pending;
    this.#clock = clock;
  }

  report(environment: EnvironmentId): EnvironmentReport {
    const channel = this.#hub.channels.get(environment);
    const register = this.#hub.newest(environment);
    let behind = 0;
    let congested = 0;
    let left = 0;
    for (const session of channel?.sessions ?? []) {
      if (session.isBehind) behind++;
      if (session.isCongested) congested++;
      else if (session.isBehind) left++;
    }
    return {
      environment,
      register: register === undefined ? null : reported(register),
      latest: channel?.latest === undefined ? null : { ...reported(channel.latest), epoch: channel.epoch },
      epoch: this.#tail.epoch,
      subscribers: channel?.sessions.size ?? 0,
      behind,
      congested,
      state: channel?.state ?? 'empty',
      pass: this.#pass(channel, left),
      pending: this.#pending.kept(environment) ?? null,
    };
  }

  #pass(channel: EnvironmentChannel | undefined, left: number): PassReport | null {
    const beganMs = channel && this.#hub.passBeganMs(channel);
    if (channel === undefined || beganMs === undefined) return null;
    const seconds = Math.round((this.#clock.monotonicMs() - beganMs) / 100) / 10;
    return { seconds, reached: channel.sessions.size - left, left };
  }
}

function reported(update: Update): ReportedUpdate {
  return {
    updated_at: update.updatedAt,
    sequence: update.sequence,
    stored_at: new Date(update.storedAtMs).toISOString(),
  };
}
