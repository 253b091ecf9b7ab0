import type { Hubs } from './hubs.ts';
import type { Clock } from './ports/clock.ts';
import type { HealthReport, UnreadyReason } from './ports/health-report.ts';

/**
 * Rebuilding an epoch takes a second or two: if every instance became unready for that, clients would have nowhere to
 * go.
 */
const GRACE_MS = 5000;

/** Decides whether this instance should receive new clients. */
export class Health implements HealthReport {
  readonly #maxSubscribers: number;
  readonly #hubs: Hubs;
  readonly #clock: Clock;
  #followed: 'never' | 'now' | { readonly lostMs: number } = 'never';
  #draining = false;

  constructor(maxSubscribers: number, hubs: Hubs, clock: Clock) {
    this.#maxSubscribers = maxSubscribers;
    this.#hubs = hubs;
    this.#clock = clock;
  }

  get caughtUp(): boolean {
    return this.#followed === 'now';
  }

  caughtUpWithLog(): void {
    this.#followed = 'now';
  }

  lostLog(): void {
    if (this.#followed === 'now') this.#followed = { lostMs: this.#clock.monotonicMs() };
  }

  drain(): void {
    this.#draining = true;
  }

  unready(): UnreadyReason | undefined {
    if (this.#draining) return 'draining';
    if (this.#followed === 'never') return 'starting';
    if (this.#followed !== 'now' && this.#clock.monotonicMs() - this.#followed.lostMs >= GRACE_MS)
      return 'log_unavailable';
    return this.#hubs.subscribers >= this.#maxSubscribers ? 'full' : undefined;
  }
}
