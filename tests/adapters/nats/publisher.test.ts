import { connect, type NatsConnection } from '@nats-io/transport-node';
import { expect } from 'chai';
import { type Publish, Publisher } from '../../../adapters/nats/publisher.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { env, time } from '../../support/memory/memory-instance.ts';
import { NatsServer } from '../../support/servers/nats-server.ts';

/** Far beyond the test's own limit: a test that waits for it fails. */
const NEVER_MS = 600_000;

const SUBJECT = 'flagsmith.environment.home';

describe('Publisher', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  let publisher: Publisher;
  let clock: SystemClock;
  let passedOver: number;

  function change(environment: string, timeoutMs = NEVER_MS): Publish {
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const stream = 'environments-stream';
    return {
      environment: env(environment),
      updatedAt: time(1),
      stream,
      deadlineMs,
      expectedSequence: undefined,
      firstStoredAtMs: undefined,
    };
  }

  before(async () => {
    server = await NatsServer.start({
      jetStream: false,
      config:
        'authorization { users: [{ user: me, password: s3cret, permissions: { publish: { deny: "flagsmith.environment.forbidden" } } }] }',
    });
  });
  after(() => server.close());

  beforeEach(async () => {
    connection = await connect({ servers: server.url, user: 'me', pass: 's3cret', reconnect: false });
    clock = new SystemClock();
    passedOver = 0;
    publisher = new Publisher(connection, clock, () => void (passedOver += 1));
  });
  afterEach(() => connection.close());

  /** Stands in for JetStream, which would answer with the sequence of the stored message. */
  async function answering(subject: string, ...answers: (string | Uint8Array)[]): Promise<void> {
    connection.subscribe(subject, {
      callback: (_, message) => answers.forEach((answer) => void message.respond(answer)),
    });
    await connection.flush();
  }

  it('sends all messages of one turn of the event loop together', async () => {
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

  it('is refused at once if no stream listens', async () => {
    expect(await publisher.publish(change('home'))).to.deep.equal({ kind: 'refused', reason: 'no_stream' });
  });

  it('is refused at once if it may not publish, while others may', async () => {
    await answering(SUBJECT, '{"seq":8}');
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

  const strange: readonly (string | Uint8Array)[] = [
    '',
    'hello',
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    '{"seq":"7"}',
    '{"seq":null}',
    '{"seq":0}',
    '{"seq":-1}',
    '{"seq":1.5}',
    '{"seq":9007199254740993}',
    '{"seq":1e999}',
    '{"seq":7,"error":null}',
    '{"error":"no"}',
    '{"error":[]}',
    '{"error":{}}',
    '{"error":{"code":"503"}}',
    '{"error":{"code":400,"err_code":"10071"}}',
    '{"error":{"code":400,"description":{}}}',
    Uint8Array.of(0, 0xff, 0xfe),
  ];
  for (const answer of strange)
    it(`ignores ${JSON.stringify(answer)}, and waits for the answer of JetStream`, async () => {
      await answering(SUBJECT, answer, '{"seq":7}');
      expect(await publisher.publish(change('home'))).to.deep.equal({ kind: 'stored', sequence: 7 });
      expect(passedOver).to.equal(1);
    });

  it('gives up at its timeout if only others answer', async () => {
    await answering(SUBJECT, 'null');
    expect(await publisher.publish(change('home', 100))).to.deep.equal({ kind: 'unavailable', reason: 'timeout' });
    expect(passedOver).to.equal(1);
  });

  for (const [answer, outcome] of [
    ['{"error":{"code":503,"err_code":10163,"description":"later"}}', { kind: 'refused', reason: 'later' }],
    ['{"error":{"code":400,"description":"no"},"seq":0}', { kind: 'unavailable', reason: 'no' }],
    ['{"error":{"code":500}}', { kind: 'unavailable', reason: 'refused by JetStream' }],
  ] as const)
    it(`treats ${answer} as a refusal`, async () => {
      await answering(SUBJECT, answer);
      expect(await publisher.publish(change('home'))).to.deep.equal(outcome);
    });

  describe('when another update was stored in between', () => {
    const OVERTAKEN = '{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 3"}}';
    const LOOK = '$JS.API.STREAM.MSG.GET.environments-stream';
    const found = (fields: object, data = '{"updated_at":5}') =>
      JSON.stringify({
        message: {
          subject: SUBJECT,
          seq: 3,
          data: Buffer.from(data).toString('base64'),
          time: '2024-12-06T10:21:54.079725Z',
          ...fields,
        },
      });

    it('names that update', async () => {
      await answering(SUBJECT, OVERTAKEN);
      await answering(LOOK, found({}));
      const last = { sequence: 3, updatedAt: '5', storedAtMs: 1_733_480_514_079 };
      expect(await publisher.publish(change('home'))).to.deep.equal({ kind: 'conflict', last });
    });

    it('reports if it is not an update', async () => {
      await answering(SUBJECT, OVERTAKEN);
      await answering(LOOK, found({}, 'noise'));
      expect(await publisher.publish(change('home'))).to.deep.equal({ kind: 'garbage', sequence: 3 });
    });

    for (const answer of [
      'null',
      '{}',
      '{"message":null}',
      found({ seq: '3' }),
      found({ seq: -3 }),
      found({ seq: 0 }),
      found({ time: 'noon' }),
      found({ data: '%%%' }),
      found({ data: 7 }),
      found({ subject: 'flagsmith.environment.office' }),
    ])
      it(`does not accept ${answer} as that update`, async () => {
        await answering(SUBJECT, OVERTAKEN);
        await answering(LOOK, answer);
        expect(await publisher.publish(change('home'))).to.have.property('kind', 'unavailable');
      });

    it('looks for it within its remaining time', async () => {
      const what = change('home');
      connection.subscribe(LOOK, { callback: () => undefined });
      connection.subscribe(SUBJECT, {
        callback: (_, message) => {
          // The answer comes late.
          clock.monotonicMs = () => what.deadlineMs - 50;
          message.respond(OVERTAKEN);
        },
      });
      await connection.flush();
      expect(await publisher.publish(what)).to.deep.equal({ kind: 'unavailable', reason: 'timeout' });
    });

    it('does not look for it when its time has passed', async () => {
      const what = change('home');
      let looks = 0;
      connection.subscribe(LOOK, { callback: () => void (looks += 1) });
      connection.subscribe(SUBJECT, {
        callback: (_, message) => {
          clock.monotonicMs = () => what.deadlineMs + 1;
          message.respond(OVERTAKEN);
        },
      });
      await connection.flush();
      expect(await publisher.publish(what)).to.deep.equal({ kind: 'unavailable', reason: 'timeout' });
      await connection.flush();
      expect(looks).to.equal(0);
    });
  });

  it('gives up at its timeout, and ignores a later answer', async () => {
    const asked: { answer: () => void }[] = [];
    connection.subscribe(SUBJECT, {
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

  it('settles publishes in flight when the connection ends', async () => {
    connection.subscribe(SUBJECT, { callback: () => undefined });
    await connection.flush();
    const sent = publisher.publish(change('home'));
    await connection.flush();
    const unsent = publisher.publish(change('home'));
    await connection.close();
    for (const outcome of [await sent, await unsent]) expect(outcome).to.have.property('kind', 'unavailable');
  });
});
