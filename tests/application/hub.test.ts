import { expect } from 'chai';
import type { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import { MemoryStore } from '../../adapters/memory/memory-log.ts';
import { StepClock } from '../../adapters/memory/step-clock.ts';
import { DEFAULT_SLICES } from '../../application/turns.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { env, MemoryInstance, type MemorySubscriber } from '../support/memory/memory-instance.ts';
import { anUpdate } from '../support/memory/an-update.ts';

describe('the hub', () => {
  it('writes at most one slice of a channel between two turns, and at most a few slices of many channels', async () => {
    const { sessions, turnSessions } = DEFAULT_SLICES;
    for (const environments of [1, 3, 1000]) {
      const instance = await new MemoryInstance().start();
      const subscribers = Array.from({ length: 15_000 }, (_, index) => instance.subscribe(`e${index % environments}`));
      const heard = (): number => subscribers.filter(({ heard }) => heard.length > 0).length;
      for (let index = 0; index < environments; index++) void instance.publish(`e${index}`, 1);
      let before = 0;
      for (let turns = 0; before < 15_000 && turns < 1000; turns++) {
        instance.clock.turn();
        await new Promise((resolve) => setImmediate(resolve));
        const now = heard();
        expect(now - before).to.be.at.most(Math.min(sessions * environments, turnSessions));
        before = now;
      }
      await instance.clock.settle();
      expect(before).to.equal(15_000);
      expect(instance.telemetry.count('wrote.data')).to.equal(15_000);
      expect(instance.telemetry.count('delivered')).to.equal(15_000);
      expect(instance.telemetry.count('passFinished')).to.equal(environments);
    }
  });

  it('sends a replayed update to no session that has it, and a missed one once', async () => {
    const instance = await new MemoryInstance().start();
    const subscriber = instance.subscribe('a');
    await instance.published('a', 1);
    instance.log.rebuild();
    await instance.clock.settle();
    expect(subscriber.heard).to.deep.equal(['1']);
    instance.log.loseDeliveries(1);
    await instance.published('a', 2);
    expect(subscriber.heard).to.deep.equal(['1']);
    instance.log.rebuild();
    await instance.clock.settle();
    instance.log.rebuild();
    await instance.clock.settle();
    expect(subscriber.heard).to.deep.equal(['1', '2']);
  });

  it('accepts the updates of a recreated stream, although their sequence is lower', async () => {
    const clock = new StepClock();
    const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
    const instance = await new MemoryInstance({}, { clock, store }).start();
    const subscriber = instance.subscribe('a');
    for (const value of [1, 2, 3]) await instance.published('a', value);
    instance.log.interrupt();
    store.reset();
    instance.log.restore();
    await clock.settle();
    await instance.published('a', 4);
    expect(subscriber.heard).to.deep.equal(['1', '2', '3', '4']);
  });

  it('sends new subscribers nothing older than what the log keeps, like an instance that has just read it', async () => {
    const clock = new StepClock();
    const store = new MemoryStore({ retentionMs: 60_000 }, clock);
    const instances = [await new MemoryInstance({}, { clock, store }).start()];
    const heard = () => instances.map((instance) => instance.subscribe('a').heard);
    const [here] = instances;
    await here?.published('a', 1);
    instances.push(await new MemoryInstance({}, { clock, store }).start());
    await clock.advance(59_999);
    expect(heard()).to.deep.equal([['1'], ['1']]);
    await clock.advance(1);
    instances.push(await new MemoryInstance({}, { clock, store }).start());
    expect(heard()).to.deep.equal([[], [], []]);
  });

  it('shows joiners nothing that is past its own retention, however long the log keeps it', async () => {
    const clock = new StepClock();
    const store = new MemoryStore({ retentionMs: undefined }, clock);
    const instance = await new MemoryInstance({ RETENTION_SECONDS: '60' }, { clock, store }).start();
    await instance.published('a', 1);
    await clock.advance(59_999);
    expect(instance.subscribe('a').heard).to.deep.equal(['1']);
    await clock.advance(1);
    expect(instance.subscribe('a').heard).to.deep.equal([]);
    expect(store.replay()).to.have.length(1);
  });

  it('applies a retention that an operator changed in the log from the next epoch on', async () => {
    const instance = await new MemoryInstance().start();
    const tail = instance.container.get(TOKENS.tail);
    await instance.published('a', 1);
    await instance.clock.advance(30_000);
    tail.epochStarted(2, undefined);
    expect(instance.subscribe('a').heard).to.deep.equal(['1']);
    tail.epochStarted(3, 10_000);
    expect(instance.subscribe('a').heard).to.deep.equal([]);
  });

  it('ignores late deliveries of a dropped epoch, and lower sequences within one', async () => {
    const instance = await new MemoryInstance().start();
    const subscriber = instance.subscribe('a');
    const tail = instance.container.get(TOKENS.tail);
    await instance.published('a', 1);
    const update = (sequence: number) => ({
      sequence,
      updatedAt: `${sequence}` as never,
      storedAtMs: instance.clock.epochMs(),
    });
    tail.updated(env('a'), update(0), 1);
    tail.updated(env('a'), update(9), 99);
    tail.caughtUp(99);
    tail.epochLost(99, 'disconnected');
    await instance.clock.settle();
    expect(subscriber.heard).to.deep.equal(['1']);
  });

  it('keeps a congested peer in constant memory, stalls no other, and sends it the register when it reads again', async () => {
    const instance = await new MemoryInstance().start();
    const slow = instance.subscribe('a');
    const others = Array.from({ length: 100 }, () => instance.subscribe('a'));
    slow.socket.stopReading();
    for (let value = 1; value <= 500; value++) await instance.published('a', 1_733_480_000 - (value % 7));
    expect(slow.heard).to.have.length(1);
    for (const other of others) expect(other.heard).to.have.length(500);
    slow.readOn();
    expect(slow.heard.slice(1)).to.deep.equal(['1733480000.000000']);
    await instance.published('a', 1_733_480_001);
    expect(slow.heard.at(-1)).to.equal('1733480001.000000');
  });

  it('continues after a peer that vanishes in the middle of a pass, and after a socket that throws', async () => {
    const instance = await new MemoryInstance().start();
    const subscribers = Array.from({ length: 2500 }, () => instance.subscribe('a'));
    const [broken, vanishing] = [subscribers[10] as MemorySubscriber, subscribers[2000] as MemorySubscriber];
    broken.socket.write = () => {
      throw new Error('a socket must not throw');
    };
    void instance.publish('a', 1);
    while (subscribers.every(({ heard }) => heard.length === 0)) {
      instance.clock.turn();
      await new Promise((resolve) => setImmediate(resolve));
    }
    vanishing.vanish();
    await instance.clock.settle();
    const rest = subscribers.filter((subscriber) => subscriber !== broken && subscriber !== vanishing);
    for (const { heard } of rest) expect(heard).to.deep.equal(['1']);
    expect(instance.hub.subscribers).to.equal(2498);
    expect(broken.socket.ending).to.equal('closed');
    expect(instance.telemetry.count('streamClosed.failed')).to.equal(1);
    expect(instance.telemetry.count('streamClosed.client')).to.equal(1);
    expect(instance.logger.of('stream_failed')).to.have.length(1);
    expect(instance.logger.of('stream_failed')[0]).to.include({ environment: 'a', reason: 'a socket must not throw' });
  });

  it('continues after an update that cannot be encoded: no stream ends, and it is logged once', async () => {
    const instance = new MemoryInstance();
    const { encoder } = instance;
    const encode = encoder.encode.bind(encoder);
    encoder.encode = (update) => {
      if (update.updatedAt === '1') throw new Error('a bug in the encoder');
      return encode(update);
    };
    await instance.start();
    const subscribers = Array.from({ length: 250 }, () => instance.subscribe('a'));
    const slow = instance.subscribe('a');
    await instance.published('a', 0);
    slow.socket.stopReading();
    await instance.published('a', 1);
    subscribers.push(instance.subscribe('a'));
    slow.readOn();
    await instance.published('a', 2);
    for (const { heard } of subscribers) expect(heard.at(-1)).to.equal('2');
    expect(slow.heard).to.deep.equal(['0', '2']);
    expect(instance.hub.subscribers).to.equal(252);
    expect(instance.logger.of('update_not_encoded')).to.have.length(1);
    expect(instance.logger.of('update_not_encoded')[0]).to.include({ updatedAt: '1', reason: 'a bug in the encoder' });
  });

  it('gives a channel one slice a turn, though it emptied, filled and was updated while it waited', async () => {
    const instance = await new MemoryInstance().start();
    const { sessions } = DEFAULT_SLICES;
    const first = instance.subscribe('a');
    instance.hub.take(env('a'), anUpdate(1, '1', instance.clock.epochMs()), 1);
    first.vanish();
    const subscribers = Array.from({ length: 3 * sessions }, () => instance.subscribe('a'));
    instance.hub.take(env('a'), anUpdate(2, '2', instance.clock.epochMs()), 1);
    const heard = (): number => subscribers.filter((subscriber) => subscriber.heard.includes('2')).length;
    for (const slices of [1, 2, 3]) {
      instance.clock.turn();
      expect(heard()).to.equal(slices * sessions);
    }
  });

  it('counts as delivered by a pass only what the pass wrote, and not what a peer received when it read again', async () => {
    const instance = await new MemoryInstance().start();
    const slow = instance.subscribe('a');
    const other = instance.subscribe('b');
    slow.socket.stopReading();
    await instance.published('a', 1);
    await instance.published('a', 2);
    expect(instance.telemetry.count('delivered')).to.equal(1);
    await instance.clock.advance(60_000 - 2000);
    slow.readOn();
    await instance.published('b', 1);
    expect([slow.heard, other.heard]).to.deep.equal([['1', '2'], ['1']]);
    expect(instance.telemetry.count('delivered')).to.equal(2);
    expect(instance.telemetry.count('wrote.data')).to.equal(3);
  });

  it('counts a write to a closed socket, and removes the session', async () => {
    const instance = await new MemoryInstance().start();
    instance.subscribe('a').socket.vanish();
    await instance.published('a', 1);
    expect(instance.telemetry.count('writeFailed.data')).to.equal(1);
    expect(instance.telemetry.count('streamClosed.client')).to.equal(1);
    expect(instance.hub.subscribers).to.equal(0);
  });

  it('keeps no channel that has neither sessions nor an update to send', async () => {
    const instance = await new MemoryInstance({ RETENTION_SECONDS: '10' }).start();
    const subscriber = instance.subscribe('a');
    subscriber.vanish();
    expect(instance.hub.channels.size).to.equal(0);
    await instance.published('b', 1);
    expect(instance.hub.channels.size).to.equal(1);
    await instance.clock.advance(12_000);
    expect(instance.hub.channels.size).to.equal(0);
  });

  it('sends current subscribers an update past its retention, and new ones nothing', async () => {
    const clock = new StepClock();
    const store = new MemoryStore({ retentionMs: 3_600_000 }, clock);
    const instance = await new MemoryInstance({ RETENTION_SECONDS: '1' }, { clock, store }).start();
    const here = instance.subscribe('a');
    instance.log.loseDeliveries(1);
    await instance.published('a', 1);
    await clock.advance(5000);
    instance.log.rebuild();
    await clock.settle();
    expect(here.heard).to.deep.equal(['1']);
    expect(instance.subscribe('a').heard).to.deep.equal([]);
  });
});

describe('the sweep', () => {
  const KEEP_ALIVE = { KEEP_ALIVE_SECONDS: '15', CONGESTED_SECONDS: '60' };

  it('sends each stream a keep-alive 15.0 to 16.1 s after its last byte', async () => {
    const instance = await new MemoryInstance(KEEP_ALIVE).start();
    const lastByteMs = new Map<MemorySocket, number>();
    for (let opened = 0; opened < 200; opened++) {
      const { socket } = instance.subscribe('a');
      lastByteMs.set(socket, instance.clock.monotonicMs());
      const write = socket.writeKeepAlive.bind(socket);
      socket.writeKeepAlive = () => {
        const now = instance.clock.monotonicMs();
        expect(now - (lastByteMs.get(socket) ?? 0)).to.be.within(15_000, 16_100);
        lastByteMs.set(socket, now);
        return write();
      };
      await instance.clock.advance(37);
    }
    await instance.clock.advance(60_000);
    for (const socket of lastByteMs.keys()) expect(socket.keepAlives).to.be.within(3, 4);
    expect(instance.telemetry.count('wrote.keepalive')).to.be.at.least(600);
  });

  it('visits environments in slices as well: those with nothing to show are dropped a few at a time', async () => {
    const instance = await new MemoryInstance({ RETENTION_SECONDS: '1' }).start();
    const environments = 20_000;
    for (let index = 0; index < environments; index++)
      instance.hub.take(env(`e${index}`), anUpdate(1, '1', instance.clock.epochMs()), 1);
    const { channels } = instance.hub;
    expect(channels.size).to.equal(environments);
    const turns: number[] = [];
    const nextTurn = instance.clock.nextTurn.bind(instance.clock);
    let before = channels.size;
    instance.clock.nextTurn = (task) => {
      turns.push(before - channels.size);
      before = channels.size;
      nextTurn(task);
    };
    await instance.clock.advance(2000);
    expect(channels.size).to.equal(0);
    expect(turns.length).to.be.greaterThan(10);
    expect(Math.max(...turns, before)).to.be.at.most(DEFAULT_SLICES.sessions * 10);
  });

  it('sends none if something else was sent', async () => {
    const instance = await new MemoryInstance(KEEP_ALIVE).start();
    const { socket } = instance.subscribe('a');
    for (let value = 1; value <= 6; value++) {
      await instance.clock.advance(10_000);
      await instance.published('a', value);
    }
    expect(socket.keepAlives).to.equal(0);
  });

  it('keeps a congested peer connected for its time, and then closes and counts it', async () => {
    const instance = await new MemoryInstance(KEEP_ALIVE).start();
    const { socket } = instance.subscribe('a');
    socket.stopReading();
    await instance.published('a', 1);
    await instance.clock.advance(59_000);
    expect([socket.ending, socket.keepAlives, instance.hub.subscribers]).to.deep.equal(['open', 0, 1]);
    expect(socket.rearmed).to.be.greaterThan(50);
    await instance.clock.advance(2000);
    expect([socket.ending, instance.hub.subscribers]).to.deep.equal(['closed', 0]);
    expect(instance.telemetry.count('streamClosed.congested')).to.equal(1);
  });

  it('ends streams by age, spread over two fifths of it', async () => {
    const instance = await new MemoryInstance({ MAX_STREAM_AGE_SECONDS: '100' }).start();
    const sockets = Array.from({ length: 300 }, () => instance.subscribe('a').socket);
    await instance.clock.advance(79_000);
    expect(instance.hub.subscribers).to.equal(300);
    await instance.clock.advance(21_000);
    expect(instance.hub.subscribers).to.be.within(75, 225);
    await instance.clock.advance(22_000);
    expect(sockets.every(({ ending }) => ending === 'ended')).to.equal(true);
    expect(instance.telemetry.count('streamClosed.age')).to.equal(300);
  });
});

describe('a drain', () => {
  it('accepts streams while it waits, ends them spread over time, and cuts only clients that do not read', async () => {
    const instance = await new MemoryInstance({ DRAIN_WAIT_SECONDS: '5', DRAIN_SECONDS: '10' }).start();
    const sockets = Array.from({ length: 100 }, () => instance.subscribe('a').socket);
    sockets[99]?.stopReading();
    await instance.published('a', 1);
    const drained = instance.container.get(TOKENS.drain).run();
    expect(instance.container.get(TOKENS.health).unready()).to.equal('draining');
    await instance.clock.advance(4900);
    const late = instance.subscribe('a').socket;
    expect(instance.hub.subscribers).to.equal(101);
    await instance.clock.advance(5100);
    expect(sockets.filter(({ ending }) => ending === 'ended').length).to.be.within(40, 60);
    await instance.clock.advance(5200);
    await drained;
    expect(sockets.filter(({ ending }) => ending === 'ended')).to.have.length(99);
    expect([sockets[99]?.ending, late.ending, instance.hub.subscribers]).to.deep.equal(['closed', 'ended', 0]);
    expect(instance.telemetry.count('streamClosed.drained')).to.equal(100);
    expect(instance.telemetry.count('streamClosed.congested')).to.equal(1);
  });

  it('sends a peer that reads again in time its last update, and ends it properly', async () => {
    const instance = await new MemoryInstance({ DRAIN_SECONDS: '10' }).start();
    const slow = instance.subscribe('a');
    slow.socket.stopReading();
    await instance.published('a', 1);
    await instance.published('a', 2);
    const drained = instance.container.get(TOKENS.drain).run();
    await instance.clock.advance(9000);
    slow.readOn();
    expect([slow.heard, slow.socket.ending]).to.deep.equal([['1', '2'], 'ended']);
    await instance.clock.advance(2000);
    await drained;
  });

  it('ends at once when there are no streams', async () => {
    const instance = await new MemoryInstance({ DRAIN_SECONDS: '10' }).start();
    const drained = instance.container.get(TOKENS.drain).run();
    await instance.clock.advance(100);
    await drained;
  });
});

describe('health', () => {
  it('is unready until the log was read, and again when it is unreachable for longer than a rebuild', async () => {
    const instance = new MemoryInstance();
    const health = instance.container.get(TOKENS.health);
    expect(health.unready()).to.equal('starting');
    await instance.start();
    expect(health.unready()).to.equal(undefined);
    instance.log.interrupt();
    await instance.clock.advance(4900);
    expect(health.unready()).to.equal(undefined);
    await instance.clock.advance(200);
    expect(health.unready()).to.equal('log_unavailable');
    instance.log.restore();
    await instance.clock.settle();
    expect(health.unready()).to.equal(undefined);
  });
});
