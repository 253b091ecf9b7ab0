import { expect } from 'chai';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { FlagsRelay, type FlagsRelayOptions } from '../../application/flags-relay.ts';
import { OfrepBridge } from '../../application/ofrep-bridge.ts';
import type { EvaluationOutcome, EvaluationRequest } from '../../application/ports/evaluations.ts';
import { env } from '../support/memory/memory-instance.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { ScriptedApi, type Script, toldBy, WELL } from '../support/memory/scripted-api.ts';

/** A relay that keeps nothing. */
const OPTIONS = { maxAgeMs: 0, staleMs: 0, maxBytes: 0, timeoutMs: 8000, maxRequests: 8, maxWaiting: 100 };
const IDENTITY = '{"identifier":"u","traits":[],"transient":true}';

interface Caller {
  readonly outcomes: EvaluationOutcome[];
  /** When the last outcome arrived. */
  atMs: number;
  readonly cancel: () => void;
}

class Stage {
  readonly clock = new StepClock();
  readonly api = new ScriptedApi(this.clock);
  readonly telemetry = new MemoryTelemetry();
  readonly logger = new RecordedLogger();
  readonly relay: FlagsRelay;
  readonly bridge: OfrepBridge;
  newestId: string | undefined;

  constructor(options: Partial<FlagsRelayOptions> = {}) {
    this.relay = new FlagsRelay({ ...OPTIONS, ...options }, this);
    this.relay.followsLog(true);
    this.bridge = new OfrepBridge(this.relay, { newestId: () => this.newestId }, this.clock);
  }

  script(changes: Partial<Script>): void {
    this.api.script = { ...WELL, ...changes };
  }

  /** An update that this instance receives. */
  update(id: string): void {
    this.relay.environmentChanged(env('abc'));
    this.newestId = id;
  }

  ask(changes: Partial<EvaluationRequest> = {}): Caller {
    const caller = { outcomes: [] as EvaluationOutcome[], atMs: NaN, cancel: (): void => undefined };
    const request = { environmentKey: 'abc', identity: undefined, refetchOf: undefined, ...changes };
    caller.cancel = this.bridge.evaluate(request, (outcome) => {
      caller.outcomes.push(outcome);
      caller.atMs = this.clock.monotonicMs();
    });
    return caller;
  }
}

function the({ outcomes }: Caller): EvaluationOutcome {
  expect(outcomes).to.have.length(1);
  return outcomes[0] as EvaluationOutcome;
}

/** The number of the request whose answer it was given. */
function numberOf(caller: Caller): number {
  const outcome = the(caller);
  if (outcome.kind !== 'evaluated') throw new Error(`it is ${outcome.kind}`);
  return toldBy(outcome.answer).number;
}

describe('The OFREP bridge', () => {
  it('gives one answer to all that ask for no identity at a time, and keeps nothing', async () => {
    const stage = new Stage();
    const callers = [stage.ask(), stage.ask(), stage.ask({ environmentKey: 'other' })];
    await stage.clock.advance(20);
    expect(callers.map(numberOf)).to.deep.equal([1, 1, 2]);
    const later = stage.ask();
    await stage.clock.advance(20);
    expect([numberOf(later), stage.relay.keptBytes]).to.deep.equal([3, 0]);
  });

  it('asks for each identity by itself, with the key', async () => {
    const stage = new Stage();
    const callers = [stage.ask({ identity: IDENTITY }), stage.ask({ identity: IDENTITY })];
    await stage.clock.advance(20);
    expect(callers.map(numberOf)).to.deep.equal([1, 2]);
    expect(stage.api.sent[0]).to.include({ path: 'identities/', body: IDENTITY, environmentKey: 'abc' });
  });

  it('counts a key as known once an identity was evaluated with it, and not after a refusal', async () => {
    const stage = new Stage({ maxRequests: 4 });
    const inFlightAfter = async (): Promise<number> => {
      const callers = Array.from({ length: 4 }, () => stage.ask({ identity: IDENTITY }));
      const count = stage.api.inFlight.length;
      await stage.clock.advance(100);
      for (const caller of callers) the(caller);
      return count;
    };
    expect(await inFlightAfter()).to.equal(1);
    expect(await inFlightAfter()).to.equal(4);
    stage.script({ gives: 403 });
    expect(await inFlightAfter()).to.equal(4);
    expect(await inFlightAfter()).to.equal(1);
  });

  it('has a refetch answered by a request that was sent after its update', async () => {
    const stage = new Stage();
    stage.script({ latencyMs: 300 });
    const before = stage.ask();
    await stage.clock.advance(100);
    stage.update('1-5');
    const refetch = stage.ask({ refetchOf: '1-5' });
    await stage.clock.advance(600);
    expect([numberOf(before), numberOf(refetch)]).to.deep.equal([1, 2]);
  });

  it('has a refetch of an update that this instance has not received answered by a request that was sent after it came', async () => {
    const stage = new Stage();
    stage.script({ latencyMs: 300 });
    stage.newestId = '1-5';
    const before = stage.ask();
    await stage.clock.advance(100);
    const [refetch, other] = [stage.ask({ refetchOf: '2-6' }), stage.ask({ refetchOf: '2-6' })];
    await stage.clock.advance(600);
    expect([numberOf(before), numberOf(refetch), numberOf(other)]).to.deep.equal([1, 2, 2]);
  });

  it('says which update was the newest before the API was asked', async () => {
    const stage = new Stage();
    stage.update('1-5');
    const early = stage.ask({ identity: IDENTITY });
    await stage.clock.advance(10);
    stage.update('2-6');
    const late = stage.ask({ identity: IDENTITY });
    await stage.clock.advance(20);
    expect([the(early), the(late)]).to.have.nested.property('[0].newestId', '1-5');
    expect(the(late)).to.include({ newestId: '2-6' });
  });

  it('says so of the try that was answered, and of no answer that stands in', async () => {
    const stage = new Stage({ maxAgeMs: 100, staleMs: 60_000, maxBytes: 1_000_000 });
    stage.update('1-5');
    stage.script({ gives: 500 });
    const refetch = stage.ask({ refetchOf: '1-5' });
    await stage.clock.advance(500);
    stage.update('2-6');
    stage.script({});
    await stage.clock.advance(1000);
    expect(the(refetch)).to.include({ kind: 'evaluated', newestId: '2-6', isStale: false });
    stage.script({ gives: 500 });
    const first = stage.ask();
    await stage.clock.advance(100);
    expect(the(first)).to.include({ kind: 'evaluated', newestId: undefined, isStale: true });
  });

  for (const [name, identity] of [
    ['no identity', undefined],
    ['an identity', IDENTITY],
  ] as const) {
    it(`tries a refetch for ${name} once a second for eight seconds, and a first load once`, async () => {
      const stage = new Stage();
      stage.script({ gives: 503 });
      const first = stage.ask({ identity });
      await stage.clock.advance(20);
      expect(the(first)).to.deep.equal({ kind: 'unavailable' });
      await stage.clock.advance(5000);
      stage.api.sent.length = 0;
      const refetch = stage.ask({ identity, refetchOf: '1-5' });
      await stage.clock.advance(7999);
      expect(refetch.outcomes).to.deep.equal([]);
      await stage.clock.advance(1);
      expect(the(refetch)).to.deep.equal({ kind: 'unavailable' });
      expect(stage.api.sent).to.have.length(8);
      await stage.clock.advance(60_000);
      expect(stage.api.sent).to.have.length(8);
    });

    it(`gives the answer for ${name} as soon as the API is well again`, async () => {
      const stage = new Stage();
      stage.script({ gives: 'html' });
      const refetch = stage.ask({ identity, refetchOf: '1-5' });
      await stage.clock.advance(2500);
      stage.script({});
      await stage.clock.advance(8000);
      expect(the(refetch).kind).to.equal('evaluated');
      expect(refetch.atMs).to.be.lessThan(3500);
    });

    it(`ends a request for ${name} after eight seconds, whatever the API may take`, async () => {
      const stage = new Stage({ timeoutMs: 300_000 });
      stage.script({ latencyMs: undefined });
      const callers = [stage.ask({ identity }), stage.ask({ identity, refetchOf: '1-5' })];
      await stage.clock.advance(7999);
      expect(callers.flatMap(({ outcomes }) => outcomes)).to.deep.equal([]);
      await stage.clock.advance(1);
      for (const caller of callers) expect(the(caller)).to.deep.equal({ kind: 'unavailable' });
      expect(stage.relay.waiting).to.equal(0);
    });

    it(`forgets a request for ${name} whose caller disconnects`, async () => {
      const stage = new Stage();
      stage.script({ latencyMs: undefined });
      const waiting = stage.ask({ identity, refetchOf: '1-5' });
      await stage.clock.advance(10);
      waiting.cancel();
      expect(stage.relay.waiting).to.equal(0);
      stage.script({ gives: 'nothing' });
      const retrying = stage.ask({ identity, environmentKey: 'other', refetchOf: '1-5' });
      await stage.clock.advance(500);
      const sent = stage.api.sent.length;
      retrying.cancel();
      await stage.clock.advance(60_000);
      expect([waiting.outcomes, retrying.outcomes, stage.api.sent.length]).to.deep.equal([[], [], sent]);
    });
  }

  it('says at once that as many wait as may, and tries a refetch again', async () => {
    const stage = new Stage({ maxWaiting: 1 });
    stage.script({ latencyMs: 1500 });
    stage.ask();
    expect(the(stage.ask({ identity: IDENTITY }))).to.deep.equal({ kind: 'busy' });
    const refetch = stage.ask({ identity: IDENTITY, refetchOf: '1-5' });
    await stage.clock.advance(4000);
    expect([numberOf(refetch), refetch.atMs]).to.deep.equal([2, 3500]);
  });

  it('says that too many wait where there was no place for as long as the API may take', async () => {
    const stage = new Stage({ maxRequests: 1, timeoutMs: 3000 });
    stage.script({ latencyMs: undefined });
    const callers = [stage.ask({ identity: IDENTITY }), stage.ask({ identity: IDENTITY }), stage.ask()];
    await stage.clock.advance(2999);
    expect(stage.api.sent).to.have.length(1);
    await stage.clock.advance(1);
    // The second takes the place of the first at the last moment.
    expect(callers.map(({ outcomes }) => outcomes[0]?.kind)).to.deep.equal(['unavailable', undefined, 'busy']);
    expect(stage.api.sent).to.have.length(2);
  });

  it('says what the API refuses', async () => {
    const stage = new Stage();
    for (const [gives, identity, kind] of [
      [403, undefined, 'unauthorized'],
      [403, IDENTITY, 'unauthorized'],
      [401, IDENTITY, 'unauthorized'],
      [400, IDENTITY, 'rejected'],
      [400, undefined, 'unavailable'],
      [302, IDENTITY, 'unavailable'],
    ] as const) {
      stage.script({ gives });
      await stage.clock.advance(5000);
      const caller = stage.ask({ identity });
      await stage.clock.advance(20);
      expect([gives, the(caller).kind]).to.deep.equal([gives, kind]);
    }
    stage.script({ gives: 403 });
    await stage.clock.advance(5000);
    const refetch = stage.ask({ refetchOf: '1-5' });
    await stage.clock.advance(20);
    expect(the(refetch)).to.deep.equal({ kind: 'unauthorized' });
  });

  it('answers what waits for its next try when it stops, and tries nothing again', async () => {
    const stage = new Stage();
    stage.script({ gives: 503 });
    const retrying = stage.ask({ identity: IDENTITY, refetchOf: '1-5' });
    await stage.clock.advance(20);
    stage.script({ latencyMs: undefined });
    const waiting = stage.ask({ identity: IDENTITY, refetchOf: '1-5' });
    stage.bridge.stop();
    expect(the(retrying)).to.deep.equal({ kind: 'unavailable' });
    await stage.relay.stop();
    expect(the(waiting)).to.deep.equal({ kind: 'unavailable' });
    expect(the(stage.ask({ refetchOf: '1-5' }))).to.deep.equal({ kind: 'unavailable' });
  });
});
