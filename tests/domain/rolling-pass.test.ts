import { expect } from 'chai';
import fc from 'fast-check';
import { SseEncoder } from '../../adapters/http/sse.ts';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { Hub } from '../../application/hub.ts';
import { DEFAULT_SLICES } from '../../application/turns.ts';
import { EnvironmentChannel } from '../../domain/environment-channel.ts';
import type { EnvironmentId } from '../../domain/environment-id.ts';
import type { SubscriberSession } from '../../domain/subscriber-session.ts';
import type { SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
import { eventId } from '../../domain/update.ts';
import { RecordingHost } from '../../infrastructure/testing/recording-host.ts';
import { anUpdate } from '../support/memory/an-update.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { ReferenceRegister } from '../support/memory/reference-register.ts';

const ENCODER = new SseEncoder('environment_updated');
const NOW = { epochMs: 1_733_480_000_000, monotonicMs: 0 };
const ENVIRONMENT = 'production' as EnvironmentId;
const BROKEN = 'a socket that breaks its promise';

function aHub(clock: StepClock): Hub {
  const adapters = { clock, logger: new RecordedLogger(), telemetry: new MemoryTelemetry() };
  const options = { retentionMs: 3_600_000, slices: DEFAULT_SLICES, refetchPerSecond: 0, echoMs: [] };
  return new Hub({ ...options, ranking: 'greatest', spacingMs: 0 }, adapters);
}

/** A subscriber that checks that each write is the right one, given what the channel has received so far. */
class Subscriber implements SubscriberSocket {
  session: SubscriberSession | undefined;
  /** Positions in what the channel has received. */
  readonly heard: number[] = [];
  readonly joinedAt: number;
  congested = false;
  /** It was never more than one update behind. */
  alwaysCurrent = true;
  #position: number;
  #answer: WriteOutcome | 'throw' = 'sent';
  readonly #told: ReferenceRegister;

  constructor(told: ReferenceRegister) {
    this.#told = told;
    this.joinedAt = told.told.length;
    // Before the first update there is nothing to receive; after that the register comes first.
    this.#position = told.told.length === 0 ? 0 : -1;
  }

  becomes(answer: WriteOutcome | 'throw'): void {
    this.#answer = answer;
  }

  write(frame: string): WriteOutcome {
    if (this.#answer === 'throw') throw new Error(BROKEN);
    if (this.#answer === 'closed') return 'closed';
    expect(this.congested, 'written to while it does not read').to.equal(false);
    const { told } = this.#told;
    expect(this.#position, 'told again').to.be.lessThan(told.length);
    const isNext = this.#position === told.length - 1;
    const due = isNext ? this.#told.last : this.#told.newest(0);
    expect(/^id: (.*)$/m.exec(frame)?.[1]).to.equal(due && eventId(due));
    if (this.#position >= 0 && !isNext) this.alwaysCurrent = false;
    this.heard.push(told.findIndex(({ update }) => update === due));
    this.#position = told.length;
    this.congested = this.#answer === 'congested';
    return this.#answer;
  }

  writeKeepAlive(): WriteOutcome {
    return this.#answer === 'throw' ? 'closed' : this.#answer;
  }

  rearm(): void {}
  end(): void {}
  close(): void {}
}

type Action =
  | { readonly kind: 'update'; readonly updatedAt: string }
  | { readonly kind: 'join' }
  | { readonly kind: 'spread'; readonly limit: number }
  | { readonly kind: 'leave' | 'stopReading' | 'drain' | 'vanish' | 'throw'; readonly who: number };

const who = fc.nat(30);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }).map(update) },
  { weight: 4, arbitrary: fc.constant<Action>({ kind: 'join' }) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 6 }).map((limit): Action => ({ kind: 'spread', limit })) },
  { weight: 2, arbitrary: who.map((at): Action => ({ kind: 'leave', who: at })) },
  { weight: 2, arbitrary: who.map((at): Action => ({ kind: 'stopReading', who: at })) },
  { weight: 2, arbitrary: who.map((at): Action => ({ kind: 'drain', who: at })) },
  { weight: 1, arbitrary: who.map((at): Action => ({ kind: 'vanish', who: at })) },
  { weight: 1, arbitrary: who.map((at): Action => ({ kind: 'throw', who: at })) },
);

/** Mostly times that can be compared, now and then one that cannot. */
function update(value: number): Action {
  return { kind: 'update', updatedAt: value > 17 ? String(value) : `17334800${String(value).padStart(2, '0')}.000000` };
}

class Pass {
  readonly told = new ReferenceRegister();
  readonly subscribers: Subscriber[] = [];
  readonly #host = new RecordingHost();
  readonly #channel = new EnvironmentChannel(ENVIRONMENT, this.#host);

  perform(action: Action): void {
    switch (action.kind) {
      case 'update': {
        const update = anUpdate(this.told.told.length + 1, action.updatedAt, NOW.epochMs);
        this.told.take(update, NOW.epochMs);
        this.#channel.take(update, 1, NOW);
        break;
      }
      case 'join': {
        const subscriber = new Subscriber(this.told);
        this.subscribers.push(subscriber);
        subscriber.session = this.#channel.join(subscriber, { encoder: ENCODER, endsAtMs: Infinity }, NOW);
        break;
      }
      case 'spread':
        this.#channel.spread(action.limit, 0);
        break;
      case 'leave':
        this.#pick(action.who)?.session?.gone(0);
        break;
      case 'stopReading':
        this.#pick(action.who)?.becomes('congested');
        break;
      case 'drain':
        this.#drain(this.#pick(action.who));
        break;
      case 'vanish':
        this.#pick(action.who)?.becomes('closed');
        break;
      case 'throw':
        this.#pick(action.who)?.becomes('throw');
        break;
    }
  }

  /** Every peer reads again, and the pass ends. */
  rest(): void {
    for (const subscriber of this.live()) this.#drain(subscriber);
    for (let slices = 0; this.#channel.spread(3, 0) !== 'done'; slices++) expect(slices).to.be.lessThan(1000);
    expect(this.#channel.state).to.not.equal('spreading');
  }

  /** What subscribers found wrong with what was written to them, besides those that are meant to fail. */
  complaints(): readonly string[] {
    return this.#host.failures.filter((failure) => failure !== BROKEN);
  }

  live(): Subscriber[] {
    return this.subscribers.filter(({ session }) => session !== undefined && session.state !== 'closed');
  }

  #drain(subscriber: Subscriber | undefined): void {
    if (subscriber === undefined) return;
    subscriber.becomes('sent');
    subscriber.congested = false;
    subscriber.session?.drained(0);
  }

  #pick(who: number): Subscriber | undefined {
    const live = this.live();
    return live[who % live.length];
  }
}

describe('The rolling pass', () => {
  it('ends with every live session having an update that makes its SDK refetch, and every session that kept up having all', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const pass = new Pass();
        for (const step of actions) pass.perform(step);
        pass.rest();
        expect(pass.complaints()).to.deep.equal([]);
        const { told } = pass.told;
        for (const { heard, joinedAt, alwaysCurrent } of pass.live()) {
          for (let owed = joinedAt; owed < told.length; owed++)
            expect(heard.some((position) => pass.told.settles(position, owed))).to.equal(true);
          const joined = joinedAt > 0 ? 1 : 0;
          if (alwaysCurrent) expect(heard.slice(joined)).to.deep.equal(range(joinedAt, told.length));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('writes one slice at most between two yields, for 15,000 subscribers, and each of them receives the update once', () => {
    const clock = new StepClock(NOW.epochMs);
    const hub = aHub(clock);
    let writes = 0;
    const socket: SubscriberSocket = {
      write: () => (writes++, 'sent'),
      writeKeepAlive: () => 'sent',
      rearm: () => undefined,
      end: () => undefined,
      close: () => undefined,
    };
    for (let joined = 0; joined < 15_000; joined++)
      hub.join(ENVIRONMENT, socket, { encoder: ENCODER, endsAtMs: Infinity });
    hub.take(ENVIRONMENT, anUpdate(1, '123', NOW.epochMs), 1);
    expect(writes, 'written in the turn of the log').to.equal(0);
    const slices: number[] = [];
    while (clock.turn() > 0) {
      slices.push(writes);
      writes = 0;
    }
    expect(Math.max(...slices)).to.equal(DEFAULT_SLICES.sessions);
    expect(slices.reduce((sum, slice) => sum + slice, 0)).to.equal(15_000);
  });

  it('gives many environments their turns side by side, and yields after a few slices', () => {
    const clock = new StepClock(NOW.epochMs);
    const hub = aHub(clock);
    const told = new ReferenceRegister();
    const environments = Array.from({ length: 1000 }, (_, position) => `environment-${position}` as EnvironmentId);
    let writes = 0;
    for (const environment of environments)
      for (let joined = 0; joined < 15; joined++) {
        const subscriber = new Subscriber(told);
        const write = subscriber.write.bind(subscriber);
        subscriber.write = (frame) => (writes++, write(frame));
        hub.join(environment, subscriber, { encoder: ENCODER, endsAtMs: Infinity });
      }
    const update = anUpdate(1, '123', NOW.epochMs);
    told.take(update, NOW.epochMs);
    for (const environment of environments) hub.take(environment, update, 1);
    const turns: number[] = [];
    while (clock.turn() > 0) turns.push(writes - turns.reduce((sum, turn) => sum + turn, 0));
    expect(writes).to.equal(15_000);
    expect(Math.max(...turns)).to.be.within(DEFAULT_SLICES.sessions, DEFAULT_SLICES.turnSessions);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, position) => from + position);
}
