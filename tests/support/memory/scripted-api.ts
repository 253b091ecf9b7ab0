import type { StepClock } from '../../../adapters/memory/step-clock.ts';
import type { ApiAnswer, ApiOutcome, ApiRequest, FlagsmithApi } from '../../../application/ports/flagsmith-api.ts';

/** How the stand-in behaves from now on. */
export interface Script {
  /** From a request to its answer; undefined: for ever. */
  readonly latencyMs: number | undefined;
  /** A status, or no answer at all. */
  readonly gives: number | 'nothing' | 'html';
  /** The environment of each server-side key, as its document says. */
  readonly environments: ReadonlyMap<string, string>;
}

export const WELL: Script = { latencyMs: 20, gives: 200, environments: new Map() };

/** One request, and when it was sent. */
export interface Sent extends ApiRequest {
  readonly number: number;
  readonly sentMs: number;
  isInFlight: boolean;
}

/** What a body states about its request. */
export interface Told {
  readonly number: number;
  readonly path: string;
  readonly key: string;
  readonly api_key?: string;
}

/** A Flagsmith API in memory, on a stepped clock. Each body names the request that it answers. */
export class ScriptedApi implements FlagsmithApi {
  readonly #clock: StepClock;
  readonly #next: () => number;
  readonly sent: Sent[] = [];
  script: Script = WELL;
  isClosed = false;

  /** @param next numbers requests, in the order in which everything happens */
  constructor(clock: StepClock, next?: () => number) {
    this.#clock = clock;
    this.#next = next ?? (() => this.sent.length + 1);
  }

  get inFlight(): readonly Sent[] {
    return this.sent.filter(({ isInFlight }) => isInFlight);
  }

  ask(request: ApiRequest, signal: AbortSignal): Promise<ApiOutcome> {
    const sent: Sent = { ...request, number: this.#next(), sentMs: this.#clock.monotonicMs(), isInFlight: true };
    this.sent.push(sent);
    const { latencyMs, gives, environments } = this.script;
    return new Promise((resolve) => {
      const settle = (outcome: ApiOutcome): void => {
        sent.isInFlight = false;
        resolve(outcome);
      };
      const timer =
        latencyMs === undefined
          ? undefined
          : this.#clock.after(latencyMs, () => settle(outcomeOf(sent, gives, environments)));
      const cancel = (): void => {
        timer?.cancel();
        settle({ kind: 'failed', reason: 'cancelled', detail: 'by its signal' });
      };
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel);
    });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function outcomeOf(sent: Sent, gives: Script['gives'], environments: Script['environments']): ApiOutcome {
  if (gives === 'nothing') return { kind: 'failed', reason: 'unreachable', detail: 'nobody is there' };
  const environment = environments.get(sent.environmentKey);
  const told: Told = {
    number: sent.number,
    path: sent.path,
    key: sent.environmentKey,
    ...(sent.path === 'environment-document/' && environment !== undefined ? { api_key: environment } : {}),
  };
  const status = gives === 'html' ? 200 : gives;
  return {
    kind: 'answered',
    answer: answerWith(status, JSON.stringify(told), gives === 'html' ? 'text/html' : undefined),
  };
}

export function answerWith(status: number, body: string, type = 'application/json'): ApiAnswer {
  return { status, headers: [['Content-Type', type]], body: Buffer.from(body), gzip: undefined, digest: body };
}

export function toldBy(answer: ApiAnswer): Told {
  return JSON.parse(Buffer.from(answer.body).toString()) as Told;
}
