import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { FlagsRelay } from '../../application/flags-relay.ts';
import { type FlagsReply, type Resource, RESOURCES } from '../../application/ports/flags.ts';
import { env } from '../support/memory/memory-instance.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { ScriptedApi, type Script, toldBy, WELL } from '../support/memory/scripted-api.ts';

const ENVIRONMENTS = ['red', 'blue'] as const;
/** Each environment has a client-side key, which is its own name, and a server-side key. */
const KEYS = new Map([
  ['red', 'red'],
  ['blue', 'blue'],
  ['ser.red', 'red'],
  ['ser.blue', 'blue'],
]);
const OPTIONS = { maxAgeMs: 2000, staleMs: 60_000, timeoutMs: 8000, maxRequests: 4, maxWaiting: 1000 };

type Step =
  | { readonly do: 'get'; readonly key: string; readonly resource: Resource }
  | { readonly do: 'update'; readonly environment: (typeof ENVIRONMENTS)[number] }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'api'; readonly script: Omit<Script, 'environments'> }
  | { readonly do: 'follow'; readonly follows: boolean }
  | { readonly do: 'leave' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('get' as const),
      key: fc.constantFrom(...KEYS.keys()),
      resource: fc.constantFrom(...RESOURCES),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('update' as const), environment: fc.constantFrom(...ENVIRONMENTS) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 10, 30, 500, 999, 1000, 1100, 2000, 9000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('api' as const),
      script: fc.record({
        latencyMs: fc.constantFrom(5, 20, 300, 1500, 5000, undefined),
        gives: fc.constantFrom(200, 200, 200, 200, 403, 500, 'nothing' as const, 'html' as const),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('follow' as const), follows: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'leave' as const }) },
);

interface Asked {
  readonly key: string;
  readonly resource: Resource;
  readonly atMs: number;
  /** The number of the last update of its environment that the relay had received. */
  readonly afterUpdate: number;
  /** Whether the relay could know to which environment its key belongs when that update arrived. */
  readonly isKnown: boolean;
  readonly cancel: () => void;
  hasLeft: boolean;
  replies: { readonly reply: FlagsReply; readonly atMs: number; readonly failures: number }[];
}

/** The real relay, an API that does what the script says, and what every caller was given. */
class World {
  readonly clock = new StepClock();
  #number = 0;
  readonly api = new ScriptedApi(this.clock, () => ++this.#number);
  readonly relay = new FlagsRelay(OPTIONS, {
    api: this.api,
    clock: this.clock,
    logger: new RecordedLogger(),
    telemetry: new MemoryTelemetry(),
  });
  readonly asked: Asked[] = [];
  #follows = false;
  #failures = 0;
  readonly #updates = new Map<string, number>();
  /** Since when a key is known to belong to its environment. */
  readonly #known = new Map<string, number>();

  constructor() {
    this.api.script = { ...WELL, environments: KEYS };
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'get':
        return void this.#get(step.key, step.resource);
      case 'update':
        if (!this.#follows) return;
        this.#updates.set(step.environment, ++this.#number);
        return void this.relay.environmentChanged(env(step.environment));
      case 'wait':
        return this.clock.advance(step.ms);
      case 'api':
        if (step.script.gives !== 200 || step.script.latencyMs === undefined || step.script.latencyMs > 1000)
          this.#failures++;
        this.api.script = { ...step.script, environments: KEYS };
        return;
      case 'follow':
        this.#follows = step.follows;
        return void this.relay.followsLog(step.follows);
      case 'leave': {
        const waiting = this.asked.find(({ replies, hasLeft }) => replies.length === 0 && !hasLeft);
        if (waiting === undefined) return;
        waiting.hasLeft = true;
        waiting.cancel();
      }
    }
  }

  #get(key: string, resource: Resource): void {
    const environment = KEYS.get(key) ?? '';
    const afterUpdate = this.#updates.get(environment) ?? 0;
    const isKnown = key === environment || (this.#known.get(key) ?? Infinity) < afterUpdate;
    const one: Asked = {
      key,
      resource,
      atMs: this.clock.monotonicMs(),
      afterUpdate,
      isKnown,
      hasLeft: false,
      replies: [],
      cancel: () => cancel(),
    };
    this.asked.push(one);
    const cancel = this.relay.get(resource, key, (reply) => {
      one.replies.push({ reply, atMs: this.clock.monotonicMs(), failures: this.#failures });
      if (
        reply.kind === 'answer' &&
        reply.answer.status === 200 &&
        reply.answer.headers[0]?.[1] === 'application/json' &&
        resource === 'environment-document/' &&
        !this.#known.has(key)
      )
        this.#known.set(key, this.#number);
    });
  }

  /** Everything still in flight ends. */
  async finish(): Promise<void> {
    await this.clock.advance(60_000);
  }
}

function check(world: World): void {
  for (const asked of world.asked) {
    const about = JSON.stringify({ ...asked, replies: undefined });
    expect(asked.replies.length, `${about}: answers`).to.be.at.most(1);
    if (!asked.hasLeft) expect(asked.replies.length, `${about}: answers`).to.equal(1);
    for (const { reply, failures } of asked.replies) {
      if (reply.kind !== 'answer') {
        expect(failures, `${about}: ${reply.kind} although the API was well`).to.be.greaterThan(0);
        continue;
      }
      const told =
        reply.answer.status === 200 || reply.answer.headers[0]?.[1] === 'text/html' ? toldBy(reply.answer) : undefined;
      if (told === undefined) continue;
      expect([told.key, told.path], `${about}: whose flags`).to.deep.equal([asked.key, asked.resource]);
      if (reply.isStale) {
        expect(failures, `${about}: stale although the API was well`).to.be.greaterThan(0);
        expect(reply.ageMs).to.be.at.most(OPTIONS.staleMs);
      } else if (asked.isKnown)
        expect(told.number, `${about}: sent before the update`).to.be.greaterThan(asked.afterUpdate);
    }
  }
}

describe('The relay, for any events in any order', function () {
  this.timeout(120_000);

  it('never gives a caller the flags of another key, nor an answer that was requested before an update that preceded the caller', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const world = new World();
        for (const one of [{ do: 'follow', follows: true } as const, ...steps]) {
          await world.take(one);
          const ids = world.api.inFlight.map(({ path, environmentKey }) => `${path} ${environmentKey}`);
          expect(new Set(ids).size, 'one request at a time for each key').to.equal(ids.length);
          expect(ids.length).to.be.at.most(OPTIONS.maxRequests);
        }
        await world.finish();
        check(world);
        expect(world.relay.waiting, 'callers that wait at the end').to.equal(0);
        expect(world.api.inFlight).to.deep.equal([]);
      }),
      { numRuns: 300 },
    ));
});
