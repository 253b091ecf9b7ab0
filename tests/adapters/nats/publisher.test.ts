import { connect, type NatsConnection } from '@nats-io/transport-node';
import { expect } from 'chai';
import { type Publish, Publisher } from '../../../adapters/nats/publisher.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { env, time } from '../../support/memory-instance.ts';
import { NatsServer } from '../../support/nats-server.ts';

/** Far beyond the test's own limit: whoever waits for it fails. */
const NEVER_MS = 600_000;

function change(environment: string, timeoutMs = NEVER_MS): Publish {
  return {
    environment: env(environment),
    updatedAt: time(1),
    stream: 'environments-stream',
    timeoutMs,
    expectedSequence: undefined,
  };
}

describe('Publisher', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  let publisher: Publisher;

  before(async () => {
    server = await NatsServer.start({
      config:
        'authorization { users: [{ user: me, password: s3cret, permissions: { publish: { deny: "flagsmith.environment.forbidden" } } }] }',
    });
  });
  after(() => server.close());

  beforeEach(async () => {
    connection = await connect({ servers: server.url, user: 'me', pass: 's3cret', reconnect: false });
    publisher = new Publisher(connection, new SystemClock());
  });
  afterEach(() => connection.close());

  /** Stands in for JetStream, which would answer with the sequence that it stored the message under. */
  async function answering(subject: string, answer: string): Promise<void> {
    connection.subscribe(subject, { callback: (_, message) => void message.respond(answer) });
    await connection.flush();
  }

  it('sends what is published in one turn of the event loop together', async () => {
    await answering('flagsmith.environment.*', '{"seq":7}');
    const before = connection.stats().outMsgs;
    const underWay = ['one', 'two'].map((environment) => publisher.publish(change(environment)));
    await Promise.resolve();
    underWay.push(publisher.publish(change('three')));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(connection.stats().outMsgs - before, 'before the turn ends').to.equal(0);
    await new Promise<void>((resolve) => void setImmediate(resolve));
    expect(connection.stats().outMsgs - before, 'after it').to.equal(3);
    for (const outcome of await Promise.all(underWay)) expect(outcome).to.deep.equal({ kind: 'stored', sequence: 7 });
  });

  it('is refused at once where nobody listens', async () => {
    expect(await publisher.publish(change('home'))).to.deep.equal({ kind: 'refused', reason: 'no_stream' });
  });

  it('is told at once that it may not publish, while others may', async () => {
    await answering('flagsmith.environment.home', '{"seq":8}');
    const [forbidden, home] = await Promise.all([
      publisher.publish(change('forbidden')),
      publisher.publish(change('home')),
    ]);
    expect(forbidden).to.have.property('kind', 'unavailable');
    expect(forbidden)
      .to.have.property('reason')
      .that.matches(/permissions violation/i);
    expect(home).to.deep.equal({ kind: 'stored', sequence: 8 });
  });

  for (const answer of ['hello', '{}', '']) {
    it(`does not take ${JSON.stringify(answer)} for an answer of JetStream`, async () => {
      await answering('flagsmith.environment.home', answer);
      expect(await publisher.publish(change('home'))).to.deep.equal({
        kind: 'unavailable',
        reason: 'the answer is not from JetStream',
      });
    });
  }

  it('gives up at its timeout, and passes over an answer that comes later', async () => {
    const asked: { answer: () => void }[] = [];
    connection.subscribe('flagsmith.environment.home', {
      callback: (_, message) => void asked.push({ answer: () => void message.respond('{"seq":9}') }),
    });
    await connection.flush();
    expect(await publisher.publish(change('home', 50))).to.deep.equal({ kind: 'unavailable', reason: 'timeout' });
    const next = publisher.publish(change('home'));
    while (asked.length < 2) await connection.flush();
    asked[0]?.answer();
    await connection.flush();
    asked[1]?.answer();
    expect(await next).to.deep.equal({ kind: 'stored', sequence: 9 });
  });

  it('settles what is under way when the connection ends', async () => {
    connection.subscribe('flagsmith.environment.home', { callback: () => undefined });
    await connection.flush();
    const sent = publisher.publish(change('home'));
    await connection.flush();
    const unsent = publisher.publish(change('home'));
    await connection.close();
    for (const outcome of [await sent, await unsent]) expect(outcome).to.have.property('kind', 'unavailable');
  });
});
