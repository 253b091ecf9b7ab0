import { expect } from 'chai';
import type { HttpListener } from '../../application/ports/http-listener.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { MemoryInstance, type MemorySubscriber } from '../support/memory/memory-instance.ts';

const STREAMS = 10_000;
const WAIT_SECONDS = 5;
const DRAIN_SECONDS = 10;
/** How often streams are ended; one such share more may fall into a second. */
const STEP_SECONDS = 0.05;

/** A stream of one dialect or the other, of one of seven environments. */
function ofEither(instance: MemoryInstance, stream: number): MemorySubscriber {
  const environment = `environment-${stream % 7}`;
  return stream % 2 === 0 ? instance.subscribe(environment) : instance.subscribeByOfrep(environment);
}

describe('a drain of a fleet', () => {
  it('lets clients come back no faster than streams / DRAIN_SECONDS, after DRAIN_WAIT_SECONDS of grace', async () => {
    const instance = await new MemoryInstance({
      DRAIN_WAIT_SECONDS: String(WAIT_SECONDS),
      DRAIN_SECONDS: String(DRAIN_SECONDS),
      MAX_SUBSCRIBERS: String(STREAMS),
    }).start();
    const subscribers = Array.from({ length: STREAMS }, (_, stream) => ofEither(instance, stream));
    const ended = (): number => subscribers.filter(({ socket }) => socket.ending === 'ended').length;
    const health = instance.container.get(TOKENS.health);
    let stopped = false;
    void instance.container
      .get(TOKENS.service)
      .stop()
      .then(() => (stopped = true));

    await instance.clock.advance(WAIT_SECONDS * 1000 - 1);
    expect([health.unready(), ended()]).to.deep.equal(['draining', 0]);

    const endsBySecond: number[] = [];
    for (let second = 0; second < DRAIN_SECONDS + 1; second++) {
      const before = ended();
      await instance.clock.advance(1000);
      endsBySecond.push(ended() - before);
    }
    const bound = (STREAMS / DRAIN_SECONDS) * (1 + STEP_SECONDS);
    expect(Math.max(...endsBySecond), endsBySecond.join()).to.be.at.most(bound);
    expect([ended(), instance.container.get(TOKENS.hubs).subscribers, stopped]).to.deep.equal([STREAMS, 0, true]);
  });

  it('gives the connections that were accepted last a moment to send their request, before it cuts them', async () => {
    const instance = new MemoryInstance({ DRAIN_SECONDS: '0' });
    const calls: string[] = [];
    const listener: HttpListener = {
      ports: [],
      listen: async () => {},
      stopListening: () => calls.push('stopped listening'),
      close: async () => void calls.push('closed'),
    };
    instance.container.rebind(TOKENS.listeners).toConstantValue([listener]);
    await instance.start();
    void instance.container.get(TOKENS.service).stop();
    await instance.clock.advance(1);
    expect(calls).to.deep.equal(['stopped listening']);
    const late = instance.subscribe('abc');
    await instance.clock.advance(1000);
    expect(calls).to.deep.equal(['stopped listening', 'closed']);
    expect(late.socket.ending).to.equal('ended');
  });

  it('after a crash ends every stream in the same turn, even if other steps fail', async () => {
    const instance = new MemoryInstance({ DRAIN_WAIT_SECONDS: '60', DRAIN_SECONDS: '60' });
    const calls: string[] = [];
    const listener = (name: string): HttpListener => ({
      ports: [],
      listen: async () => {},
      stopListening: () => {
        calls.push(`${name} stopped listening`);
        throw new Error('a bug');
      },
      close: async () => {
        calls.push(`${name} closed`);
        throw new Error('a bug');
      },
    });
    instance.container.rebind(TOKENS.listeners).toConstantValue([listener('first'), listener('second')]);
    await instance.start();
    const subscribers = Array.from({ length: 20 }, (_, stream) => ofEither(instance, stream));
    const ended = instance.container.get(TOKENS.service).endAtOnce();
    expect(subscribers.map(({ socket }) => socket.ending)).to.deep.equal(subscribers.map(() => 'ended'));
    await instance.clock.settle();
    await ended;
    expect(calls).to.deep.equal([
      'first stopped listening',
      'second stopped listening',
      'first closed',
      'second closed',
    ]);
  });
});
