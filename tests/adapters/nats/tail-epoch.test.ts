import type { JetStreamManager } from '@nats-io/jetstream';
import {
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type SubscriptionOptions,
} from '@nats-io/transport-node';
import { expect } from 'chai';
import { StepClock } from '../../../adapters/memory/step-clock.ts';
import { type EpochEnd, TailEpoch } from '../../../adapters/nats/tail-epoch.ts';
import { env } from '../../support/memory/memory-instance.ts';
import { RecordedFollower } from '../../support/memory/recorded-follower.ts';

const HOME = 'flagsmith.environment.home';

/** One epoch on a connection and a JetStream that the test plays. */
class World {
  readonly clock = new StepClock();
  readonly follower = new RecordedFollower();
  readonly skipped: string[] = [];
  readonly published: string[] = [];
  readonly ended: Promise<EpochEnd>;
  #inbox = '';
  #callback: NonNullable<SubscriptionOptions['callback']> = () => undefined;

  /** @param consumer what JetStream answers when a consumer is asked for */
  constructor(consumer: unknown) {
    const epoch = new TailEpoch({
      connection: {
        subscribe: (inbox: string, { callback }: Required<SubscriptionOptions>) => {
          [this.#inbox, this.#callback] = [inbox, callback];
          return { unsubscribe: () => undefined };
        },
        publish: (subject: string) => {
          if (subject.includes(' ')) throw new Error('not a subject');
          this.published.push(subject);
        },
        isClosed: () => false,
      } as unknown as NatsConnection,
      manager: {
        consumers: { add: () => Promise.resolve(consumer), delete: () => Promise.resolve(true) },
      } as unknown as JetStreamManager,
      stream: {
        name: 's',
        filter: 'flagsmith.environment.>',
        inMemory: false,
        keptMs: undefined,
        replicas: 1,
        lastSequence: 41,
        differences: [],
      },
      follower: this.follower,
      epoch: 1,
      clock: this.clock,
      skipped: (reason) => void this.skipped.push(reason),
    });
    this.ended = epoch.run();
  }

  /** A message as the client hands it over. */
  receive(fields: { subject?: string; reply?: string; headers?: MsgHdrs; text?: string }): void {
    const text = fields.text ?? '';
    const message = { subject: this.#inbox, data: new TextEncoder().encode(text), ...fields };
    void this.#callback(null, message as unknown as Msg);
  }

  deliver(sequence: number, delivery: number, pending = 0): void {
    this.receive({
      subject: HOME,
      reply: `$JS.ACK.s.c.1.${sequence}.${delivery}.1733480514079725000.${pending}`,
      text,
    });
  }

  heartbeat(fields: Record<string, string> = { 'Nats-Last-Consumer': '0', 'Nats-Last-Stream': '40' }): void {
    const status = headers(100, 'Idle Heartbeat');
    for (const [name, value] of Object.entries(fields)) status.set(name, value);
    this.receive({ headers: status });
  }

  get kinds(): readonly string[] {
    return this.follower.told.map(({ kind }) => kind);
  }
}

const text = '{"updated_at":7}';

async function begun(): Promise<World> {
  const world = new World({ name: 'c', num_pending: 3 });
  await world.clock.settle();
  expect(world.kinds).to.deep.equal(['started']);
  return world;
}

describe('TailEpoch', () => {
  for (const answer of [
    null,
    1,
    'c',
    [],
    {},
    { name: 7, num_pending: 0 },
    { name: 'c' },
    { name: 'c', num_pending: -1 },
  ])
    it(`does not accept ${JSON.stringify(answer)} as a consumer`, async () => {
      const world = new World(answer);
      await world.clock.settle();
      expect(await world.ended).to.have.property('reason', 'consumer_failed');
      expect(world.kinds).to.deep.equal([]);
    });

  it('passes deliveries on, and is caught up with the last of the replay', async () => {
    const world = await begun();
    world.deliver(40, 1, 1);
    world.deliver(41, 2, 0);
    expect(world.kinds).to.deep.equal(['started', 'updated', 'updated', 'caughtUp']);
    expect(world.follower.values(env('home'))).to.deep.equal(['7', '7']);
  });

  it('is caught up by a heartbeat if the rest of the replay expired meanwhile', async () => {
    const world = await begun();
    world.heartbeat({ 'Nats-Last-Consumer': '0', 'Nats-Last-Stream': '41' });
    expect(world.kinds).to.deep.equal(['started', 'caughtUp']);
  });

  it('ends if a heartbeat is ahead of it, or its consumer is missing', async () => {
    const ahead = await begun();
    ahead.heartbeat({ 'Nats-Last-Consumer': '1', 'Nats-Last-Stream': '41' });
    expect(await ahead.ended).to.have.property('reason', 'heartbeat_ahead');
    const gone = await begun();
    gone.receive({ headers: headers(409, 'Consumer Deleted') });
    expect(await gone.ended).to.have.property('reason', 'consumer_gone');
  });

  it('counts and skips messages without a position in the log', async () => {
    const world = await begun();
    for (const reply of [undefined, '', '_INBOX.x', '$JS.ACK.s.c.1..1.1733480514079725000.0'])
      world.receive({ subject: HOME, text, ...(reply === undefined ? {} : { reply }) });
    world.receive({ text });
    world.receive({ text, headers: headers() });
    for (const strange of [
      {},
      { 'Nats-Last-Consumer': '0' },
      { 'Nats-Last-Consumer': '', 'Nats-Last-Stream': '41' },
      { 'Nats-Last-Consumer': '-1', 'Nats-Last-Stream': '41' },
      { 'Nats-Last-Consumer': '1e3', 'Nats-Last-Stream': '41' },
      { 'Nats-Last-Consumer': '0', 'Nats-Last-Stream': '9007199254740993' },
    ])
      world.heartbeat(strange);
    expect(world.kinds).to.deep.equal(['started']);
    expect(world.skipped).to.deep.equal(Array.from({ length: 12 }, () => 'metadata'));
  });

  it('notices missing heartbeats although others write to its inbox', async () => {
    const world = await begun();
    for (let half = 0; half < 6; half++) {
      world.receive({ text });
      world.heartbeat({});
      await world.clock.advance(500);
    }
    expect(await world.ended).to.have.property('reason', 'heartbeats_missed');
  });

  it('is kept alive by heartbeats', async () => {
    const world = await begun();
    for (let second = 0; second < 10; second++) {
      world.heartbeat();
      await world.clock.advance(1000);
    }
    expect(world.kinds).to.deep.equal(['started']);
  });

  it('answers flow control, and a heartbeat that reports a missing answer', async () => {
    const world = await begun();
    world.receive({ headers: headers(100, 'FlowControl Request'), reply: '$JS.FC.s.c.1' });
    const stalled = { 'Nats-Last-Consumer': '0', 'Nats-Last-Stream': '40', 'Nats-Consumer-Stalled': '$JS.FC.s.c.2' };
    world.heartbeat(stalled);
    world.heartbeat({ ...stalled, 'Nats-Consumer-Stalled': 'no subject' });
    expect(world.published).to.deep.equal(['$JS.FC.s.c.1', '$JS.FC.s.c.2']);
    expect(world.kinds).to.deep.equal(['started']);
  });
});
