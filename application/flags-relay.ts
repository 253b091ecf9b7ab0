import type { EnvironmentId } from '../domain/environment-id.ts';
import { isGood } from './good-answer.ts';
import { KeptAnswers } from './kept-answers.ts';
import { KnownKeys } from './known-keys.ts';
import type { Clock, Timer } from './ports/clock.ts';
import { type Cancel, type Flags, type FlagsReply, IDENTITIES, type Resource, RESOURCES } from './ports/flags.ts';
import type { ApiAnswer, ApiOutcome, ApiRequest, FlagsmithApi } from './ports/flagsmith-api.ts';
import type { Logger } from './ports/logger.ts';
import type { FlagsOutcome, Telemetry } from './ports/telemetry.ts';
import { Refusals } from './refusals.ts';
import { environmentNamedIn, ServerKeys } from './server-keys.ts';
import { thrown } from './thrown.ts';
import { type KeyKind, UpstreamPlaces } from './upstream-places.ts';

export interface FlagsRelayOptions {
  /** How long an answer is fresh unless an update makes it old, in milliseconds. */
  readonly maxAgeMs: number;
  /** How long the last good answer may be used while the API fails. */
  readonly staleMs: number;
  /** How long the API may take for an answer. */
  readonly timeoutMs: number;
  /** The maximum number of requests in flight to the API. */
  readonly maxRequests: number;
  /** The maximum number of waiting callers. */
  readonly maxWaiting: number;
  /**
   * How many bytes good answers may take in all, including their compressed forms; 256 MB by default. 0: none is kept.
   */
  readonly maxBytes?: number;
}

/** While the log is not followed, changes of environments go unnoticed, so no answer is fresh for longer than this. */
const UNFOLLOWED_MAX_AGE_MS = 1000;
/** A request that an update has made old may continue this long, for callers that asked before the update. */
const OLD_FLIGHT_MS = 1000;
const FORBIDDEN_MS = 2000;
/** Between two tries of the same request while the API fails. */
const FAILED_MS = 1000;
/** Distinct requests that wait for a place with the API. */
const MAX_QUEUED = 4096;
const MAX_BYTES = 268_435_456;
const MAX_REFUSALS = 1000;
const MAX_REFUSAL_BYTES = 4_194_304;
/** Callers that are answered in one turn of the event loop: about a millisecond of writing. */
const ANSWERED_PER_TURN = 50;

type Take = (reply: FlagsReply) => void;

/** A separate object for each call: a caller may pass the same function twice. */
interface Waiter {
  readonly take: Take;
}

/** One request to the API, and the callers that wait for its answer. */
interface Flight {
  readonly id: string;
  readonly resource: Resource;
  readonly environmentKey: string;
  readonly kind: KeyKind;
  readonly abort: AbortController;
  /** When it was sent; undefined while it waits for a place. */
  sentMs: number | undefined;
  /** The environment changed after it was sent: its answer is not for callers that ask from now on. */
  isOld: boolean;
  /** It replaces an aborted one, and is not aborted itself: otherwise a slow API would never answer. */
  readonly isReplacement: boolean;
  abortTimer: Timer | undefined;
  isAborted: boolean;
  readonly waiters: Set<Waiter>;
  /** Callers that asked after the environment had changed: the next request is for them. */
  readonly later: Set<Waiter>;
}

/**
 * Answers of the API from memory: one for each resource and key, and one request for it at a time.
 *
 * An answer is as new as the moment its request was sent. An update makes kept answers and requests in flight old at
 * once: another request follows, and callers that ask after the update wait for that one. While the API fails, the last
 * good answer is used for a time.
 */
export class FlagsRelay implements Flags {
  readonly #options: FlagsRelayOptions;
  readonly #api: FlagsmithApi;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #telemetry: Telemetry;
  readonly #kept: KeptAnswers;
  readonly #refusals = new Refusals(MAX_REFUSALS, MAX_REFUSAL_BYTES);
  readonly #keys = new ServerKeys();
  readonly #known = new KnownKeys();
  readonly #places: UpstreamPlaces;
  readonly #flights = new Map<string, Flight>();
  readonly #running = new Set<Promise<void>>();
  readonly #aborts = new Set<AbortController>();
  #waiting = 0;
  #follows = false;
  /** When the last update of any environment arrived. */
  #lastUpdateMs = -Infinity;
  #stopped = false;

  constructor(
    options: FlagsRelayOptions,
    adapters: {
      readonly api: FlagsmithApi;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
  ) {
    this.#options = options;
    this.#api = adapters.api;
    this.#clock = adapters.clock;
    this.#logger = adapters.logger;
    this.#telemetry = adapters.telemetry;
    this.#kept = new KeptAnswers(options.maxBytes ?? MAX_BYTES);
    this.#places = new UpstreamPlaces(options.maxRequests, MAX_QUEUED);
  }

  /** How many callers wait for an answer. */
  get waiting(): number {
    return this.#waiting;
  }

  get keptBytes(): number {
    return this.#kept.bytes;
  }

  followsLog(follows: boolean): void {
    this.#follows = follows;
  }

  /** The log has an update of the environment. */
  environmentChanged(environment: EnvironmentId): void {
    this.#lastUpdateMs = this.#clock.monotonicMs();
    this.#age(environment, this.#lastUpdateMs);
    for (const key of this.#keys.of(environment)) this.#age(key, this.#lastUpdateMs);
  }

  get(resource: Resource, environmentKey: string, take: Take, sentAfterMs?: number): Cancel {
    const id = `${resource} ${environmentKey}`;
    const nowMs = this.#clock.monotonicMs();
    if (sentAfterMs !== undefined) this.#ageOne(id, sentAfterMs);
    const kept = this.#kept.read(id);
    if (kept !== undefined && !kept.isOld && nowMs - kept.sentMs < this.#atMost(this.#options.maxAgeMs)) {
      this.#telemetry.flagsAnswered('kept');
      take({ kind: 'answer', answer: kept.answer, ageMs: nowMs - kept.sentMs, isStale: false });
      return ignore;
    }
    const refusal = this.#refusals.at(id, nowMs);
    if (refusal !== undefined) {
      this.#reply(take, this.#standIn(id) ?? fromAnswer(refusal.answer, nowMs - refusal.sentMs), 'kept');
      return ignore;
    }
    return this.#wait(id, resource, environmentKey, take);
  }

  pass(request: ApiRequest, take: Take): Cancel {
    if (this.#isFull || this.#stopped) return this.#refuse(take);
    const kind = this.#kindOf(request.environmentKey);
    const waiter = { take };
    const waiters = new Set([waiter]);
    const abort = new AbortController();
    const answer = (reply: FlagsReply): void => this.#release(waiters, () => reply, 'passed');
    const send = async (): Promise<void> => {
      const outcome = await this.#ask(request, abort);
      this.#places.leave(kind);
      const given = answerOf(outcome);
      if (given !== undefined) this.#note(request.path, request.environmentKey, given);
      answer(fromAnswer(given, 0));
    };
    this.#waiting++;
    const withdraw = this.#enter(kind, send, () => answer(BUSY));
    if (withdraw === undefined) answer(BUSY);
    return () => {
      if (!waiters.delete(waiter)) return;
      this.#waiting--;
      withdraw?.();
      abort.abort();
    };
  }

  /** Answers every waiting caller with what there is, and sends no more requests. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const abort of this.#aborts) abort.abort();
    // Each gives its place to a waiting request, which then ends at once.
    while (this.#running.size > 0) await Promise.all(this.#running);
    await this.#api.close();
  }

  /** Marks as old whatever was requested at this time or before. */
  #age(key: string, ms: number): void {
    for (const resource of RESOURCES) {
      const id = `${resource} ${key}`;
      this.#refusals.delete(id);
      this.#ageOne(id, ms);
    }
  }

  #ageOne(id: string, ms: number): void {
    const kept = this.#kept.peek(id);
    if (kept !== undefined && kept.sentMs <= ms) kept.isOld = true;
    const flight = this.#flights.get(id);
    if (flight?.sentMs === undefined || flight.sentMs > ms) return;
    flight.isOld = true;
    if (!flight.isReplacement) flight.abortTimer ??= this.#clock.after(OLD_FLIGHT_MS, () => this.#abort(flight));
  }

  #abort(flight: Flight): void {
    flight.isAborted = true;
    flight.abort.abort();
  }

  #wait(id: string, resource: Resource, environmentKey: string, take: Take): Cancel {
    const flight = this.#isFull ? undefined : this.#join(id, resource, environmentKey);
    if (flight === undefined) return this.#refuse(take);
    const waiter = { take };
    this.#waiting++;
    const { waiters, later } = flight;
    (flight.isOld ? later : waiters).add(waiter);
    return () => {
      const isWaiting = [flight, this.#flights.get(id)].some(
        (one) => one !== undefined && (one.waiters.delete(waiter) || one.later.delete(waiter)),
      );
      if (isWaiting) this.#waiting--;
    };
  }

  /** The request in flight, or a new one; undefined if there is no place for it. */
  #join(id: string, resource: Resource, environmentKey: string): Flight | undefined {
    return this.#flights.get(id) ?? this.#begin({ id, resource, environmentKey, isReplacement: false }, new Set());
  }

  #begin(
    about: Pick<Flight, 'id' | 'resource' | 'environmentKey' | 'isReplacement'>,
    waiters: Set<Waiter>,
  ): Flight | undefined {
    if (this.#stopped) return undefined;
    const flight: Flight = {
      ...about,
      kind: this.#kindOf(about.environmentKey),
      abort: new AbortController(),
      sentMs: undefined,
      isOld: false,
      abortTimer: undefined,
      isAborted: false,
      waiters,
      later: new Set(),
    };
    this.#flights.set(flight.id, flight);
    const tooLate = (): void => {
      this.#flights.delete(flight.id);
      this.#release(waiters, () => this.#standIn(flight.id) ?? BUSY, 'busy');
    };
    if (this.#enter(flight.kind, () => this.#fly(flight), tooLate) !== undefined) return flight;
    this.#flights.delete(flight.id);
    return undefined;
  }

  /**
   * Calls `send` when there is a place for a request, or `tooLate` if there was none for as long as an answer may take.
   *
   * @returns a function that withdraws it while it waits; undefined if too many wait
   */
  #enter(kind: KeyKind, send: () => Promise<void>, tooLate: () => void): Cancel | undefined {
    const waiting: { late?: Timer; hasEnded: boolean } = { hasEnded: false };
    const withdraw = this.#places.take(kind, () => {
      waiting.hasEnded = true;
      waiting.late?.cancel();
      const run = send();
      this.#running.add(run);
      void run.finally(() => this.#running.delete(run));
    });
    if (withdraw === undefined || waiting.hasEnded) return withdraw;
    waiting.late = this.#clock.after(this.#options.timeoutMs, () => {
      withdraw();
      tooLate();
    });
    return () => {
      waiting.late?.cancel();
      withdraw();
    };
  }

  async #fly(flight: Flight): Promise<void> {
    const { resource, environmentKey, abort, kind } = flight;
    // An answer is only as new as this moment, although its request may be written a little later.
    flight.sentMs = this.#clock.monotonicMs();
    const outcome = await this.#ask({ path: resource, environmentKey, accept: 'application/json' }, abort);
    flight.abortTimer?.cancel();
    this.#places.leave(kind);
    this.#settle(flight, outcome);
  }

  async #ask(request: ApiRequest, abort: AbortController): Promise<ApiOutcome> {
    if (this.#stopped) return CANCELLED;
    const beganMs = this.#clock.monotonicMs();
    const state = { isLate: false };
    const timeout = this.#clock.after(this.#options.timeoutMs, () => {
      state.isLate = true;
      abort.abort();
    });
    this.#aborts.add(abort);
    const outcome = await this.#api.ask(request, abort.signal).catch(bug);
    this.#aborts.delete(abort);
    timeout.cancel();
    const reason =
      outcome.kind === 'answered' ? statusClassOf(outcome.answer.status) : state.isLate ? 'timeout' : outcome.reason;
    this.#telemetry.flagsRequested(reason, this.#clock.monotonicMs() - beganMs);
    // The lines have neither the key, which may be a secret, nor any part of the answer.
    if (outcome.kind === 'failed' && reason !== 'cancelled')
      this.#logger.warn('flags_api_failed', { reason, detail: outcome.detail }, reason);
    else if (outcome.kind === 'answered' && outcome.answer.status >= 500)
      this.#logger.warn('flags_api_failed', { reason, status: outcome.answer.status }, reason);
    return outcome;
  }

  #settle(flight: Flight, outcome: ApiOutcome): void {
    const { id, waiters, later, sentMs = this.#clock.monotonicMs() } = flight;
    this.#flights.delete(id);
    if (outcome.kind === 'answered') this.#note(flight.resource, flight.environmentKey, outcome.answer);
    if (flight.isAborted && outcome.kind === 'failed') moveAll(waiters, later);
    else {
      const answer = answerOf(outcome);
      if (answer !== undefined && isGood(answer)) this.#keep(flight, answer, sentMs);
      else this.#refused(flight, answer, sentMs);
    }
    if (!flight.isOld) return;
    const { resource, environmentKey, isAborted } = flight;
    if (this.#begin({ id, resource, environmentKey, isReplacement: isAborted }, later) !== undefined) return;
    this.#release(later, () => this.#standIn(id) ?? (this.#stopped ? UNAVAILABLE : BUSY), 'busy');
  }

  #keep(flight: Flight, answer: ApiAnswer, sentMs: number): void {
    const { id, resource, environmentKey, waiters } = flight;
    this.#refusals.delete(id);
    this.#kept.keep(id, { answer, sentMs, isOld: flight.isOld });
    if (resource === 'environment-document/') this.#learn(environmentKey, answer);
    this.#release(waiters, () => this.#fresh(answer, sentMs), 'fetched');
  }

  /**
   * The last update of any environment may have been one of this environment, and had no effect because the key was not
   * known.
   */
  #learn(key: string, document: ApiAnswer): void {
    const environment = environmentNamedIn(document.body);
    if (environment !== undefined && this.#keys.learn(key, environment)) this.#age(key, this.#lastUpdateMs);
  }

  #refused(flight: Flight, answer: ApiAnswer | undefined, sentMs: number): void {
    const { id, isOld, waiters } = flight;
    const isForbidden = answer?.status === 403;
    if (isForbidden) this.#kept.delete(id);
    if (!isOld && !this.#stopped) {
      const untilMs = isForbidden ? sentMs + this.#atMost(FORBIDDEN_MS) : this.#clock.monotonicMs() + FAILED_MS;
      this.#refusals.add(id, { answer, sentMs, untilMs });
    }
    this.#release(
      waiters,
      () => this.#standIn(id) ?? fromAnswer(answer, this.#clock.monotonicMs() - sentMs),
      'fetched',
    );
  }

  /** The last good answer, if it may still be used. */
  #standIn(id: string): FlagsReply | undefined {
    const kept = this.#kept.peek(id);
    if (kept === undefined) return undefined;
    const ageMs = this.#clock.monotonicMs() - kept.sentMs;
    if (ageMs > this.#options.staleMs) return undefined;
    return { kind: 'answer', answer: kept.answer, ageMs, isStale: true };
  }

  #fresh(answer: ApiAnswer, sentMs: number): FlagsReply {
    return { kind: 'answer', answer, ageMs: this.#clock.monotonicMs() - sentMs, isStale: false };
  }

  /** Answers a slice of the callers in each turn: there may be thousands. */
  #release(waiters: Set<Waiter>, reply: () => FlagsReply, outcome: FlagsOutcome): void {
    let answered = 0;
    for (const waiter of waiters) {
      if (answered++ === ANSWERED_PER_TURN && !this.#stopped)
        return this.#clock.nextTurn(() => this.#release(waiters, reply, outcome));
      waiters.delete(waiter);
      this.#waiting--;
      this.#reply(waiter.take, reply(), outcome);
    }
  }

  #reply(take: Take, reply: FlagsReply, outcome: FlagsOutcome): void {
    this.#telemetry.flagsAnswered(outcomeOf(reply, outcome));
    try {
      take(reply);
    } catch (error) {
      // A bug in one caller must not cost the others their answers.
      this.#logger.error('flags_answer_failed', thrown(error));
    }
  }

  #refuse(take: Take): Cancel {
    this.#reply(take, this.#stopped ? UNAVAILABLE : BUSY, 'busy');
    return ignore;
  }

  get #isFull(): boolean {
    return this.#waiting >= this.#options.maxWaiting;
  }

  /** How long something may be kept, which is `ms` at most. */
  #atMost(ms: number): number {
    return this.#follows ? ms : Math.min(ms, UNFOLLOWED_MAX_AGE_MS);
  }

  /** A key is known if it has received a good answer. */
  #kindOf(key: string): KeyKind {
    return [...RESOURCES, IDENTITIES].some((path) => this.#known.has(path, key)) ? 'known' : 'unknown';
  }

  #note(path: string, key: string, answer: ApiAnswer): void {
    const bare = path.split('?', 1)[0] as string;
    if (isGood(answer)) this.#known.add(bare, key);
    else if (answer.status === 403) this.#known.delete(bare, key);
  }
}

const UNAVAILABLE: FlagsReply = { kind: 'unavailable' };
const BUSY: FlagsReply = { kind: 'busy' };
const CANCELLED: ApiOutcome = { kind: 'failed', reason: 'cancelled', detail: 'the service is stopping' };

function ignore(): void {
  // The caller is already answered: there is nothing to cancel.
}

function bug(error: unknown): ApiOutcome {
  return { kind: 'failed', reason: 'unreadable', detail: String(thrown(error)['reason']) };
}

function moveAll(from: Set<Waiter>, to: Set<Waiter>): void {
  for (const waiter of from) to.add(waiter);
  from.clear();
}

function answerOf(outcome: ApiOutcome): ApiAnswer | undefined {
  return outcome.kind === 'answered' ? outcome.answer : undefined;
}

function fromAnswer(answer: ApiAnswer | undefined, ageMs: number): FlagsReply {
  return answer === undefined ? UNAVAILABLE : { kind: 'answer', answer, ageMs, isStale: false };
}

function statusClassOf(status: number): 'ok' | 'forbidden' | 'refused' {
  if (status === 200) return 'ok';
  return status === 403 ? 'forbidden' : 'refused';
}

/** The outcome for a caller, for the metrics. */
function outcomeOf(reply: FlagsReply, outcome: FlagsOutcome): FlagsOutcome {
  if (reply.kind !== 'answer') return reply.kind;
  if (reply.isStale) return 'stale';
  return reply.answer.status === 200 || outcome === 'passed' ? outcome : 'refused';
}
