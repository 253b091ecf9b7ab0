import type { EnvironmentChannel } from '../domain/environment-channel.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { TokenBucket } from './token-bucket.ts';
import { countAges, type Slices, type Turns, type TurnsHost } from './turns.ts';

/** How often an empty bucket is checked; less often if tokens come more slowly. */
const STEP_MS = 100;

/**
 * Turns at a pace: an update makes its clients fetch their flags, and the API can answer only so many requests a
 * second. Each event that a pass sends takes a token. While there is none, all passes wait for one timer.
 *
 * The available tokens are shared among the waiting channels, so that a few streams need not wait for the thousands of
 * another environment. Visiting a session that is up to date or does not read takes no token.
 *
 * What is sent outside a pass takes no token: the newest update to a client that connects, that reads again, or whose
 * stream ends.
 */
export class PacedTurns implements Turns {
  readonly #bucket: TokenBucket;
  readonly #slices: Slices;
  readonly #host: TurnsHost;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  /** Channels that requested a slice, in the order of their requests, each once. */
  readonly #waiting = new Set<EnvironmentChannel>();
  /** A turn is requested, or is in progress and will request the next one itself. */
  #hasTurn = false;
  /** Runs while there are channels and no tokens. */
  #timer: Timer | undefined;
  /** Until when the pace last held everything back, on the monotonic clock. Later delay is slowness. */
  #heldUntilMs = 0;

  /** @param perSecond events; greater than 0 */
  constructor(
    perSecond: number,
    slices: Slices,
    host: TurnsHost,
    adapters: { readonly clock: Clock; readonly telemetry: Telemetry },
  ) {
    this.#bucket = new TokenBucket(perSecond, adapters.clock.monotonicMs());
    this.#slices = slices;
    this.#host = host;
    this.#clock = adapters.clock;
    this.#telemetry = adapters.telemetry;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  request(channel: EnvironmentChannel): void {
    this.#waiting.add(channel);
    if (this.#timer === undefined) this.#requestTurn();
  }

  forget(channel: EnvironmentChannel): void {
    this.#waiting.delete(channel);
    if (this.#waiting.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #requestTurn(): void {
    if (this.#hasTurn) return;
    this.#hasTurn = true;
    this.#clock.nextTurn(() => this.#takeTurn(this.#clock.monotonicMs()));
  }

  /** Gives each waiting channel a share of the tokens, until the turn or the tokens are used up. */
  #takeTurn(nowMs: number): void {
    this.#hasTurn = true;
    const { tally } = this.#host;
    let tokens = this.#bucket.available(nowMs);
    let visitsLeft = this.#slices.turnSessions;
    // A channel that asks again during the turn comes after all of these: its next slice is in another turn.
    let asked = this.#waiting.size;
    const share = Math.max(1, Math.ceil(tokens / Math.max(1, asked)));
    for (const channel of this.#waiting) {
      if (asked-- === 0 || visitsLeft <= 0 || tokens <= 0) break;
      this.#waiting.delete(channel);
      visitsLeft -= this.#spread(channel, Math.min(this.#slices.sessions, visitsLeft), Math.min(share, tokens), nowMs);
      const sent = tally.updates;
      tokens -= sent;
      this.#bucket.take(sent);
      if (sent > 0) this.#count(channel, sent);
      this.#host.flushTally();
    }
    this.#hasTurn = false;
    if (this.#waiting.size === 0) return;
    if (tokens > 0) this.#requestTurn();
    else this.#wait(nowMs);
  }

  /**
   * Spreads a slice that sends no more events than there are tokens.
   *
   * @returns how many sessions it has visited
   */
  #spread(channel: EnvironmentChannel, visits: number, tokens: number, nowMs: number): number {
    const { tally } = this.#host;
    let visited = 0;
    while (visited < visits && tally.updates < tokens) {
      // A visit sends one event at most.
      const limit = Math.min(visits - visited, tokens - tally.updates);
      visited += limit;
      if (channel.spread(limit, nowMs) !== 'more') break;
    }
    return visited;
  }

  /** The pace and slowness are counted separately: an alert is for slowness. */
  #count(channel: EnvironmentChannel, sent: number): void {
    const { owedMs } = channel;
    const heldMs = Math.max(0, this.#heldUntilMs - owedMs);
    this.#telemetry.delivered(sent, this.#clock.monotonicMs() - owedMs - heldMs);
    this.#telemetry.heldBack(sent, heldMs);
    countAges(sent, channel, this.#clock, this.#telemetry);
  }

  #wait(nowMs: number): void {
    const untilMs = Math.max(nowMs + STEP_MS, this.#bucket.nextTokenMs());
    this.#timer = this.#clock.after(untilMs - nowMs, () => {
      this.#timer = undefined;
      this.#heldUntilMs = untilMs;
      // A timer may fire a fraction of a millisecond early, which must not cost another step.
      this.#takeTurn(Math.max(untilMs, this.#clock.monotonicMs()));
    });
  }
}
