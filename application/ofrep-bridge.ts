import { parseEnvironmentId } from '../domain/environment-id.ts';
import { isGood } from './good-answer.ts';
import type { Clock, Timer } from './ports/clock.ts';
import type { EvaluationOutcome, EvaluationRequest, Evaluations } from './ports/evaluations.ts';
import { type Cancel, type Flags, type FlagsReply, IDENTITIES } from './ports/flags.ts';
import type { NewestIds } from './ports/newest-ids.ts';

/** OFREP's providers give up after ten seconds. */
const ANSWERED_WITHIN_MS = 8000;
/** Between two tries. The relay remembers for as long that the API failed. */
const TRIED_AGAIN_MS = 1000;

type Take = (outcome: EvaluationOutcome) => void;

/** A request that is not answered yet. */
interface Pending {
  readonly request: EvaluationRequest;
  readonly take: Take;
  readonly arrivedMs: number;
  /** The newest id that was known before the last try. */
  newestId: string | undefined;
  /** The last try failed with this, and another one follows. */
  failure: Failure | undefined;
  /** Ends the try in progress. */
  cancel: Cancel | undefined;
  retry: Timer | undefined;
  deadline: Timer | undefined;
}

type Failure = Extract<EvaluationOutcome, { readonly kind: 'unavailable' | 'busy' }>;

/**
 * Evaluations by the Flagsmith API. Those of an environment share the relay's requests, and those of an identity have a
 * request each. It owns the set of the requests that are not answered yet. The relay's limit on callers bounds it,
 * except for requests that wait for their next try: each of these has a connection.
 */
export class OfrepBridge implements Evaluations {
  readonly #flags: Flags;
  readonly #newestIds: NewestIds;
  readonly #clock: Clock;
  readonly #pending = new Set<Pending>();
  #stopped = false;

  constructor(flags: Flags, newestIds: NewestIds, clock: Clock) {
    this.#flags = flags;
    this.#newestIds = newestIds;
    this.#clock = clock;
  }

  evaluate(request: EvaluationRequest, take: Take): Cancel {
    const pending: Pending = {
      request,
      take,
      arrivedMs: this.#clock.monotonicMs(),
      newestId: undefined,
      failure: undefined,
      cancel: undefined,
      retry: undefined,
      deadline: undefined,
    };
    this.#pending.add(pending);
    this.#try(pending);
    if (this.#pending.has(pending))
      pending.deadline = this.#clock.after(ANSWERED_WITHIN_MS, () => this.#give(pending, lastOf(pending)));
    return () => this.#forget(pending);
  }

  /** Answers the requests that wait for another try. From now on nothing is tried again. */
  stop(): void {
    this.#stopped = true;
    for (const pending of this.#pending) if (pending.retry !== undefined) this.#give(pending, lastOf(pending));
  }

  #try(pending: Pending): void {
    const { environmentKey, identity, refetchOf } = pending.request;
    const environment = parseEnvironmentId(environmentKey);
    // Read before the API is asked: its answer includes this update, and may not include one that arrives meanwhile.
    pending.newestId = environment && this.#newestIds.newestId(environment);
    pending.retry = undefined;
    const take = (reply: FlagsReply): void => this.#take(pending, reply);
    if (identity !== undefined) {
      const asked = { path: IDENTITIES, environmentKey, accept: 'application/json', body: identity };
      pending.cancel = this.#flags.pass(asked, take);
      return;
    }
    // Another instance may have sent the event, and this one may receive the update later.
    const isNews = refetchOf !== undefined && refetchOf !== pending.newestId;
    pending.cancel = this.#flags.get('flags/', environmentKey, take, isNews ? pending.arrivedMs : undefined);
  }

  #take(pending: Pending, reply: FlagsReply): void {
    if (!this.#pending.has(pending)) return;
    const outcome = outcomeOf(reply, pending);
    if (outcome.kind !== 'unavailable' && outcome.kind !== 'busy') return this.#give(pending, outcome);
    if (pending.request.refetchOf === undefined || this.#stopped) return this.#give(pending, outcome);
    pending.failure = outcome;
    pending.retry = this.#clock.after(TRIED_AGAIN_MS, () => this.#try(pending));
  }

  #give(pending: Pending, outcome: EvaluationOutcome): void {
    this.#forget(pending);
    pending.take(outcome);
  }

  #forget(pending: Pending): void {
    if (!this.#pending.delete(pending)) return;
    pending.deadline?.cancel();
    pending.retry?.cancel();
    pending.cancel?.();
  }
}

function lastOf({ failure }: Pending): Failure {
  return failure ?? { kind: 'unavailable' };
}

/**
 * The last good answer is not for a refetch while the API fails: its client would take the old flags for the new ones.
 */
function outcomeOf(reply: FlagsReply, { request, newestId }: Pending): EvaluationOutcome {
  if (reply.kind !== 'answer') return reply;
  const { answer, isStale } = reply;
  if (isStale && request.refetchOf !== undefined) return { kind: 'unavailable' };
  if (isGood(answer)) return { kind: 'evaluated', answer, newestId: isStale ? undefined : newestId, isStale };
  if (answer.status === 401 || answer.status === 403) return { kind: 'unauthorized' };
  if (answer.status === 400 && request.identity !== undefined) return { kind: 'rejected', answer };
  return { kind: 'unavailable' };
}
