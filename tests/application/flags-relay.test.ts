import { expect } from 'chai';
import { MemoryTelemetry } from '../../adapters/memory/memory-telemetry.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { FlagsRelay, type FlagsRelayOptions } from '../../application/flags-relay.ts';
import type { FlagsReply, Resource } from '../../application/ports/flags.ts';
import { env } from '../support/memory/memory-instance.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';
import { ScriptedApi, type Script, toldBy, WELL } from '../support/memory/scripted-api.ts';

const OPTIONS = { maxAgeMs: 2000, staleMs: 60_000, timeoutMs: 8000, maxRequests: 8, maxWaiting: 100 };
const DOCUMENT = 'environment-document/';

/** A caller, and what it was given. */
interface Caller {
  readonly replies: FlagsReply[];
  readonly cancel: () => void;
}

class Stage {
  readonly clock = new StepClock();
  readonly api = new ScriptedApi(this.clock);
  readonly telemetry = new MemoryTelemetry();
  readonly logger = new RecordedLogger();
  readonly relay: FlagsRelay;

  constructor(options: Partial<FlagsRelayOptions> = {}) {
    this.relay = new FlagsRelay({ ...OPTIONS, ...options }, this);
    this.relay.followsLog(true);
  }

  script(changes: Partial<Script>): void {
    this.api.script = { ...WELL, ...changes };
  }

  get(key = 'abc', resource: Resource = 'flags/'): Caller {
    const replies: FlagsReply[] = [];
    return { replies, cancel: this.relay.get(resource, key, (reply) => replies.push(reply)) };
  }

  /** The answer that is given when the API has had time for one. */
  async given(key = 'abc', resource: Resource = 'flags/'): Promise<FlagsReply> {
    const caller = this.get(key, resource);
    await this.clock.advance(this.api.script.latencyMs ?? 0);
    return the(caller);
  }

  update(environment = 'abc'): void {
    this.relay.environmentChanged(env(environment));
  }
}

function the({ replies }: Caller): FlagsReply {
  expect(replies).to.have.length(1);
  return replies[0] as FlagsReply;
}

/** The number of the request that it answers. */
function numberOf(reply: FlagsReply): number {
  if (reply.kind !== 'answer') throw new Error(`it is ${reply.kind}`);
  return toldBy(reply.answer).number;
}

describe('The relay', () => {
  it('sends one request for all callers that ask meanwhile, and within two seconds after', async () => {
    const stage = new Stage();
    const early = [stage.get(), stage.get()];
    await stage.clock.advance(20);
    expect(early.map(the).map(numberOf)).to.deep.equal([1, 1]);
    await stage.clock.advance(1979);
    const kept = the(stage.get());
    expect(kept).to.include({ ageMs: 1999, isStale: false });
    await stage.clock.advance(1);
    expect(numberOf(await stage.given())).to.equal(2);
    expect(stage.telemetry.count('flagsAnswered.fetched')).to.equal(3);
    expect(stage.telemetry.count('flagsAnswered.kept')).to.equal(1);
  });

  it('has an answer of its own for each key and resource', async () => {
    const stage = new Stage();
    const callers = [stage.get('a'), stage.get('b'), stage.get('ser.a'), stage.get('a', DOCUMENT)];
    await stage.clock.advance(40);
    expect(callers.map(the).map(numberOf)).to.deep.equal([1, 2, 3, 4]);
    expect(stage.api.sent.map(({ path, environmentKey }) => path + environmentKey)).to.deep.equal([
      'flags/a',
      'flags/b',
      'flags/ser.a',
      'environment-document/a',
    ]);
  });

  it('sends another request after an update of this environment, and of no other', async () => {
    const stage = new Stage();
    await stage.given('abc');
    await stage.given('other');
    stage.update('abc');
    expect(numberOf(await stage.given('abc'))).to.equal(3);
    expect(numberOf(the(stage.get('other')))).to.equal(2);
  });

  it('sends another request after an update even if no caller waits, and callers that ask then wait for it', async () => {
    const stage = new Stage();
    stage.script({ latencyMs: 300 });
    const before = stage.get();
    await stage.clock.advance(100);
    stage.update();
    await stage.clock.advance(100);
    const after = stage.get();
    await stage.clock.advance(100);
    expect(numberOf(the(before))).to.equal(1);
    expect(after.replies).to.deep.equal([]);
    await stage.clock.advance(300);
    expect(numberOf(the(after))).to.equal(2);

    stage.update();
    stage.get();
    await stage.clock.advance(100);
    stage.update();
    await stage.clock.advance(500);
    expect(stage.api.sent).to.have.length(4);
    expect(numberOf(the(stage.get()))).to.equal(4);
  });

  it('lets callers that ask after an update wait at most a second longer than the API takes', async () => {
    const stage = new Stage();
    stage.script({ latencyMs: 5000 });
    const before = stage.get();
    await stage.clock.advance(3000);
    stage.update();
    const after = stage.get();
    await stage.clock.advance(1000);
    expect(stage.api.sent).to.have.length(2);
    expect(stage.api.inFlight).to.have.length(1);
    await stage.clock.advance(4999);
    expect(after.replies).to.deep.equal([]);
    await stage.clock.advance(1);
    for (const caller of [before, after]) expect(numberOf(the(caller))).to.equal(2);
    expect(stage.telemetry.count('flagsRequested.cancelled')).to.equal(1);
  });

  it('answers also while updates come faster than the API answers', async () => {
    const stage = new Stage();
    stage.script({ latencyMs: 3000 });
    const callers: Caller[] = [];
    for (let update = 0; update < 20; update++) {
      stage.update();
      callers.push(stage.get());
      await stage.clock.advance(500);
    }
    await stage.clock.advance(8000);
    for (const caller of callers) expect(the(caller).kind).to.equal('answer');
    const answered = callers.filter((_, at) => at < 8);
    expect(Math.max(...answered.map(the).map(numberOf))).to.be.below(stage.api.sent.length - 1);
  });

  it('keeps nothing for longer than a second while it does not follow the log', async () => {
    const stage = new Stage();
    await stage.given();
    stage.relay.followsLog(false);
    await stage.clock.advance(979);
    expect(numberOf(the(stage.get()))).to.equal(1);
    await stage.clock.advance(1);
    expect(numberOf(await stage.given())).to.equal(2);
    stage.relay.followsLog(true);
    await stage.clock.advance(1900);
    expect(numberOf(the(stage.get()))).to.equal(2);
  });

  describe('for a server-side key', () => {
    const environments = new Map([['ser.abc', 'abc']]);

    it('depends only on age until its document has named the environment', async () => {
      const stage = new Stage();
      stage.script({ environments });
      await stage.given('ser.abc');
      stage.update();
      expect(numberOf(the(stage.get('ser.abc')))).to.equal(1);
      await stage.clock.advance(2000);
      expect(numberOf(await stage.given('ser.abc'))).to.equal(2);
    });

    it('follows the updates of the environment from then on', async () => {
      const stage = new Stage();
      stage.script({ environments });
      await stage.given('ser.abc');
      await stage.given('ser.abc', DOCUMENT);
      expect(numberOf(the(stage.get('ser.abc')))).to.equal(1);
      stage.update();
      expect(numberOf(await stage.given('ser.abc', DOCUMENT))).to.equal(3);
      expect(numberOf(await stage.given('ser.abc'))).to.equal(4);
      stage.update('other');
      expect(numberOf(the(stage.get('ser.abc')))).to.equal(4);
    });

    it('trusts no earlier answer if an update came meanwhile', async () => {
      const stage = new Stage();
      stage.script({ environments });
      await stage.given('ser.abc');
      const learning = stage.get('ser.abc', DOCUMENT);
      await stage.clock.advance(10);
      stage.update();
      await stage.clock.advance(10);
      expect(numberOf(the(learning))).to.equal(2);
      expect(numberOf(await stage.given('ser.abc', DOCUMENT))).to.equal(3);
      expect(numberOf(await stage.given('ser.abc'))).to.equal(4);
    });
  });

  describe('while the API fails', () => {
    for (const gives of ['nothing', 500, 429, 404, 301, 'html'] as const)
      it(`gives the last good answer, and says that it is stale: ${gives}`, async () => {
        const stage = new Stage();
        await stage.given();
        stage.script({ gives });
        await stage.clock.advance(2000);
        const reply = await stage.given();
        expect(reply).to.include({ kind: 'answer', isStale: true, ageMs: 2040 });
        expect(numberOf(reply)).to.equal(1);
      });

    it('does so when the API takes too long, and for at most FLAGS_STALE_SECONDS', async () => {
      const stage = new Stage();
      await stage.given();
      stage.script({ latencyMs: undefined });
      await stage.clock.advance(2000);
      const caller = stage.get();
      await stage.clock.advance(7999);
      expect(caller.replies).to.deep.equal([]);
      await stage.clock.advance(1);
      expect(the(caller)).to.include({ isStale: true });
      expect(stage.telemetry.count('flagsRequested.timeout')).to.equal(1);
      await stage.clock.advance(60_000);
      const late = stage.get();
      await stage.clock.advance(8000);
      expect(the(late)).to.deep.equal({ kind: 'unavailable' });
    });

    it('sends another request after a second, and at once after an update', async () => {
      const stage = new Stage();
      await stage.given();
      stage.script({ gives: 'nothing' });
      await stage.clock.advance(2000);
      await stage.given();
      await stage.clock.advance(979);
      expect(the(stage.get())).to.include({ isStale: true });
      expect(stage.api.sent).to.have.length(2);
      await stage.clock.advance(21);
      await stage.given();
      expect(stage.api.sent).to.have.length(3);
      stage.script({});
      stage.update();
      const reply = await stage.given();
      expect([numberOf(reply), reply.kind === 'answer' && reply.isStale]).to.deep.equal([4, false]);
    });

    it('passes on the answer of the API if there is no earlier one, and keeps it for only a second', async () => {
      const stage = new Stage();
      stage.script({ gives: 502 });
      for (const [atMs, requests] of [
        [0, 1],
        [500, 1],
        [600, 2],
      ] as const) {
        await stage.clock.advance(atMs);
        const reply = await stage.given();
        expect(reply.kind === 'answer' && reply.answer.status).to.equal(502);
        expect(stage.api.sent).to.have.length(requests);
      }
      stage.script({ gives: 'nothing' });
      await stage.clock.advance(1000);
      expect(await stage.given()).to.deep.equal({ kind: 'unavailable' });
    });

    it('writes neither a key nor an answer into the log', async () => {
      const stage = new Stage();
      for (const gives of ['nothing', 500, 200] as const) {
        stage.script({ gives });
        await stage.given('ser.secret');
        await stage.given('ser.secret', DOCUMENT);
        await stage.clock.advance(3000);
      }
      expect(JSON.stringify(stage.logger.lines)).to.not.include('secret');
      expect(stage.logger.lines.length).to.be.greaterThan(0);
    });
  });

  describe('of a key that the API refuses', () => {
    it('passes 403 on for two seconds, and discards the kept answer', async () => {
      const stage = new Stage();
      await stage.given();
      stage.script({ gives: 403 });
      await stage.clock.advance(2000);
      for (const [waitMs, requests] of [
        [0, 2],
        [1900, 2],
        [80, 3],
      ] as const) {
        await stage.clock.advance(waitMs);
        const reply = await stage.given();
        expect(reply.kind === 'answer' && [reply.answer.status, reply.isStale]).to.deep.equal([403, false]);
        expect(stage.api.sent).to.have.length(requests);
      }
      expect(stage.relay.keptBytes).to.equal(0);
      stage.script({ gives: 'nothing' });
      await stage.clock.advance(2000);
      expect(await stage.given()).to.deep.equal({ kind: 'unavailable' });
    });

    it('leaves the other resource of the key alone: a client-side key has flags and no document', async () => {
      const stage = new Stage();
      await stage.given();
      stage.script({ gives: 403 });
      await stage.given('abc', DOCUMENT);
      expect(numberOf(the(stage.get()))).to.equal(1);
    });

    it('sends another request after an update: the environment may be new', async () => {
      const stage = new Stage();
      stage.script({ gives: 403 });
      await stage.given();
      stage.script({});
      stage.update();
      expect(numberOf(await stage.given())).to.equal(2);
    });

    it('keeps what real ones have, however many are made up', async () => {
      const stage = new Stage();
      await stage.given();
      stage.script({ gives: 403 });
      for (let key = 0; key < 1500; key++) {
        const caller = stage.get(`made-up-${key}`);
        if (key % 2 === 1) await stage.clock.advance(20);
        else expect(caller.replies).to.deep.equal([]);
        if (key === 180) expect(numberOf(the(stage.get()))).to.equal(1);
      }
      expect(stage.relay.keptBytes).to.be.greaterThan(0);
    }).timeout(60_000);
  });

  describe('within its bounds', () => {
    it('gives keys that it has never seen a quarter of the requests, and known ones the rest', async () => {
      const stage = new Stage();
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await stage.given(key);
      stage.script({ latencyMs: 1000 });
      for (let key = 0; key < 20; key++) stage.get(`made-up-${key}`);
      expect(stage.api.inFlight).to.have.length(2);
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
        stage.update(key);
        stage.get(key);
      }
      const inFlight = stage.api.inFlight.map(({ environmentKey }) => environmentKey);
      expect(inFlight).to.deep.equal(['made-up-0', 'made-up-1', 'a', 'b', 'c', 'd', 'e', 'f']);
    });

    it('answers busy when as many callers wait as may, and accepts others when one has left', async () => {
      const stage = new Stage({ maxWaiting: 3 });
      const callers = Array.from({ length: 4 }, () => stage.get());
      expect(the(callers[3] as Caller)).to.deep.equal({ kind: 'busy' });
      expect(stage.relay.waiting).to.equal(3);
      callers[0]?.cancel();
      callers.push(stage.get());
      await stage.clock.advance(20);
      expect([1, 2, 4].map((at) => numberOf(the(callers[at] as Caller)))).to.deep.equal([1, 1, 1]);
      expect(callers[0]?.replies).to.deep.equal([]);
      expect(stage.relay.waiting).to.equal(0);
    });

    it('answers a crowd of callers before the instance has seen their key', async () => {
      const stage = new Stage();
      const herd = Array.from({ length: OPTIONS.maxWaiting }, () => stage.get());
      await stage.clock.advance(20);
      expect(new Set(herd.map((caller) => numberOf(the(caller))))).to.deep.equal(new Set([1]));
    });

    it('answers busy if there was no place with the API for as long as an answer may take', async () => {
      const stage = new Stage({ maxRequests: 1, timeoutMs: 2000 });
      stage.script({ latencyMs: undefined });
      stage.get('a');
      await stage.clock.advance(1000);
      const callers = Array.from({ length: 4 }, (_, at) => stage.get(`key-${at}`));
      await stage.clock.advance(2000);
      expect(callers.slice(1).map(the)).to.deep.equal(callers.slice(1).map(() => ({ kind: 'busy' })));
      expect(stage.api.sent.map(({ environmentKey }) => environmentKey)).to.deep.equal(['a', 'key-0']);
    });

    it('discards the answer that was read longest ago', async () => {
      const stage = new Stage({ maxBytes: 3 * 2200 });
      for (const key of ['a', 'b', 'c']) await stage.given(key);
      the(stage.get('a'));
      await stage.given('d');
      for (const key of ['a', 'c', 'd']) the(stage.get(key));
      expect(stage.get('b').replies).to.deep.equal([]);
      expect(stage.relay.keptBytes).to.be.within(3 * 2048, 3 * 2200);
    });

    it('answers thousands over several turns', async () => {
      const stage = new Stage({ maxWaiting: 10_000 });
      await stage.given();
      stage.update();
      const callers = Array.from({ length: 1000 }, () => stage.get());
      const answered = (): number => callers.filter(({ replies }) => replies.length > 0).length;
      const last = stage.clock.advance(20);
      let mostAtOnce = 0;
      for (let before = 0; before < 1000; before = answered()) {
        await new Promise((resolve) => setImmediate(resolve));
        mostAtOnce = Math.max(mostAtOnce, answered() - before);
      }
      await last;
      expect(mostAtOnce).to.be.within(1, 50);
    });
  });

  describe('of what is for one caller alone', () => {
    const request = { path: 'flags/?feature=x', environmentKey: 'abc', accept: '*/*' };

    it('sends each request as it is, and keeps nothing', async () => {
      const stage = new Stage();
      const replies: FlagsReply[] = [];
      for (let time = 0; time < 2; time++) stage.relay.pass(request, (reply) => replies.push(reply));
      await stage.clock.advance(20);
      expect(replies.map(numberOf)).to.deep.equal([1, 2]);
      expect(stage.api.sent[0]).to.include(request);
      expect(stage.relay.keptBytes).to.equal(0);
    });

    it('ends a request whose caller leaves, also while it waits for a place', async () => {
      const stage = new Stage();
      const cancels = Array.from({ length: 4 }, () => stage.relay.pass(request, () => expect.fail('it has left')));
      expect(stage.api.inFlight).to.have.length(2);
      cancels[3]?.();
      cancels[0]?.();
      await stage.clock.settle();
      expect(stage.api.sent).to.have.length(3);
      for (const cancel of cancels) cancel();
      await stage.clock.advance(20);
      expect([stage.relay.waiting, stage.api.inFlight.length, stage.api.sent.length]).to.deep.equal([0, 0, 3]);
    });
  });

  it('answers every caller when it stops, and sends no more requests', async () => {
    const stage = new Stage({ maxRequests: 4 });
    await stage.given('known');
    stage.script({ latencyMs: undefined });
    stage.update('known');
    const known = stage.get('known');
    const others = ['x', 'y', 'z'].map((key) => stage.get(key));
    const replies: FlagsReply[] = [];
    stage.relay.pass({ path: 'flags/?feature=x', environmentKey: 'z', accept: '*/*' }, (reply) => replies.push(reply));
    await stage.relay.stop();
    expect(the(known)).to.include({ kind: 'answer', isStale: true });
    expect([...others.map(the), ...replies].map(({ kind }) => kind)).to.deep.equal(Array(4).fill('unavailable'));
    expect(the(stage.get('new'))).to.deep.equal({ kind: 'unavailable' });
    expect([stage.relay.waiting, stage.api.isClosed]).to.deep.equal([0, true]);
  });

  it('survives a caller that throws, and answers the others', async () => {
    const stage = new Stage();
    stage.relay.get('flags/', 'abc', () => {
      throw new Error('a bug');
    });
    const other = stage.get();
    await stage.clock.advance(20);
    expect(numberOf(the(other))).to.equal(1);
    expect(stage.logger.lines.map(({ event }) => event)).to.include('flags_answer_failed');
  });
});
