import { StorageType } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import type { NatsLog } from '../../../adapters/nats/nats-log.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { Timer } from '../../../application/ports/clock.ts';
import { type EnvironmentId, parseEnvironmentId } from '../../../domain/environment-id.ts';
import { parseUpdatedAt, type UpdatedAt } from '../../../domain/updated-at.ts';
import { eventually } from '../../support/eventually.ts';
import { NatsAdmin, STREAM } from '../../support/servers/nats-admin.ts';
import { NatsServer, type NatsServerOptions } from '../../support/servers/nats-server.ts';
import { openNatsLog } from '../../support/memory/open-nats-log.ts';
import { RawNatsClient } from '../../support/clients/raw-nats-client.ts';
import { RecordedFollower } from '../../support/memory/recorded-follower.ts';
import { TcpProxy } from '../../support/servers/tcp-proxy.ts';
import { usedHeapBytes } from '../../support/memory/used-heap.ts';

const [home, office] = ['home', 'office'].map(parseEnvironmentId) as [EnvironmentId, EnvironmentId];
const at = (value: number): UpdatedAt => parseUpdatedAt(value) as UpdatedAt;
const CEILING_MS = 30_000;
const APPEND = { timeoutMs: 20_000 };

/** Without pauses between tries, so that thousands of tries fit into a test. */
class HastyClock extends SystemClock {
  override after(delayMs: number, task: () => void): Timer {
    return super.after(delayMs < 500 ? 0 : delayMs, task);
  }
}

describe('NatsLog', () => {
  const closing: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  async function startServer(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = await NatsServer.start(options);
    closing.push(server);
    return server;
  }

  async function admin(server: NatsServer): Promise<NatsAdmin> {
    const connected = await NatsAdmin.connect(server.port);
    closing.push(connected);
    return connected;
  }

  function open(url: string, options: { readonly retentionMs?: number } = {}) {
    const opened = openNatsLog({ url, ...options });
    const follower = new RecordedFollower();
    opened.log.follow(follower);
    closing.push(opened.log);
    return { ...opened, follower };
  }

  async function openCaughtUp(url: string) {
    const opened = open(url);
    await opened.follower.untilCaughtUp();
    return opened;
  }

  async function store(log: NatsLog, value: number): Promise<void> {
    const stored = async () => (await log.append(home, at(value), APPEND)).kind === 'stored';
    await eventually(`${value} is stored`, stored, CEILING_MS);
  }

  describe('without NATS', () => {
    it('becomes ready when NATS does, and stores waiting appends that state what they would replace', async () => {
      const server = await NatsServer.prepare();
      closing.push(server);
      const { log, follower, telemetry } = open(server.url);
      const waiting = log.append(home, at(1), { ...APPEND, expectedSequence: 0 });
      const blind = log.append(home, at(2), APPEND);
      await eventually('two dials failed', () => telemetry.count('logError.connect') >= 2);
      expect(log.status()).to.deep.equal({ connected: false, durable: undefined });
      await server.restart();
      expect([(await waiting).kind, (await blind).kind]).to.deep.equal(['stored', 'unavailable']);
      await follower.untilLast(home, '1');
      await follower.untilCaughtUp();
      expect(log.status()).to.deep.equal({ connected: true, durable: true });
    });

    it('never publishes an update after it was answered unavailable', async () => {
      const server = await startServer();
      const { log, follower } = await openCaughtUp(server.url);
      await server.kill();
      await follower.untilLost('disconnected');
      expect((await log.append(home, at(1), { timeoutMs: 100 })).kind).to.equal('unavailable');
      await server.restart();
      await follower.untilCaughtUp();
      await store(log, 2);
      await follower.untilLast(home, '2');
      expect(follower.values(home)).to.deep.equal(['2']);
    });

    it('stores no append after an outage that does not state what it would replace', async () => {
      const server = await startServer();
      const { log, follower } = await openCaughtUp(server.url);
      await store(log, 1);
      await server.kill();
      await follower.untilLost('disconnected');
      const [blind, late] = [
        log.append(office, at(2), APPEND),
        log.append(home, at(3), { ...APPEND, expectedSequence: 1 }),
      ];
      await server.restart();
      expect([(await blind).kind, (await late).kind]).to.deep.equal(['unavailable', 'stored']);
      await follower.untilLast(home, '3');
      expect(follower.values(office)).to.deep.equal([]);
    });

    it('settles appends in flight when the connection is lost', async () => {
      const server = await startServer();
      const { log } = await openCaughtUp(server.url);
      server.pause();
      const underWay = log.append(home, at(1), { timeoutMs: 60_000 });
      await server.kill();
      expect((await underWay).kind).to.equal('unavailable');
    });

    it('answers unavailable if JetStream is off, and becomes ready when it is turned on', async () => {
      const server = await startServer({ jetStream: false });
      const { log, follower, telemetry } = open(server.url);
      await eventually('it is connected', () => log.status().connected, CEILING_MS);
      for (const condition of [{}, { expectedSequence: 0 }]) {
        const outcome = await log.append(home, at(1), { timeoutMs: 500, ...condition });
        expect(outcome.kind).to.equal('unavailable');
      }
      expect(telemetry.count('logError.publish')).to.be.greaterThan(2);
      await eventually('the failure is counted', () => telemetry.count('logError.create_jetstream') > 0);
      await server.kill();
      await server.restart({ jetStream: true });
      await follower.untilCaughtUp();
      await store(log, 2);
    });

    it('recovers from wrong credentials when the server accepts them, and never logs them', async () => {
      const server = await startServer({ config: 'authorization { user: me, password: other }' });
      const { log, follower, telemetry, logger } = open(server.url.replace('//', '//me:s3cret@'));
      await eventually('two dials failed', () => telemetry.count('logError.connect') >= 2);
      await server.reload('authorization { user: me, password: s3cret }');
      await follower.untilCaughtUp();
      await store(log, 1);
      expect(JSON.stringify(logger.lines))
        .to.match(/authorization/i)
        .and.not.include('s3cret');
    });

    it('recovers from credentials that are revoked and restored', async () => {
      const right = 'authorization { token: s3cret }';
      const server = await startServer({ config: right });
      const { follower, telemetry } = await openCaughtUp(server.url.replace('//', '//s3cret@'));
      await server.reload('authorization { token: other }');
      await eventually('a dial failed', () => telemetry.count('logError.connect') >= 1);
      await server.reload(right);
      await follower.untilCaughtUp();
    });
  });

  it('keeps no memory of failed epochs while no consumer can be created', async () => {
    const server = await startServer({
      config:
        'authorization { users: [{ user: me, password: s3cret, permissions: { publish: { deny: "$JS.API.CONSUMER.>" } } }] }',
    });
    const { log, logger, telemetry } = openNatsLog({
      url: server.url.replace('//', '//me:s3cret@'),
      clock: new HastyClock(),
    });
    closing.push(log);
    log.follow(new RecordedFollower());
    const failed = (count: number) =>
      eventually(
        () => `${telemetry.count('logError.create_consumer')} of ${count} epochs failed`,
        () => telemetry.count('logError.create_consumer') >= count,
        CEILING_MS,
      );
    await failed(300);
    const before = await usedHeapBytes();
    await failed(2300);
    expect((await usedHeapBytes()) - before).to.be.below(2_000_000);
    expect(logger.of('nats_connected')).to.have.length(1);
  });

  describe('when something is lost in transit', () => {
    async function throughProxy() {
      const server = await startServer();
      const proxy = await TcpProxy.start(server.port);
      closing.push(proxy);
      const opened = await openCaughtUp(proxy.url);
      await store(opened.log, 1);
      await opened.follower.untilLast(home, '1');
      return { server, proxy, ...opened };
    }

    const isUpdate = (line: string) => line.startsWith('MSG flagsmith.environment.');

    it('receives a message that was dropped in flight, without the help of a later one', async () => {
      const { log, proxy, follower } = await throughProxy();
      const dropped = proxy.dropNext(isUpdate);
      await store(log, 2);
      await dropped;
      await follower.untilLast(home, '2');
      expect(follower.losses).to.deep.equal(['heartbeat_ahead']);
      follower.checkOrder();
    });

    it('notices a gap from the next message', async () => {
      const { log, proxy, follower } = await throughProxy();
      const dropped = proxy.dropNext(isUpdate);
      await store(log, 2);
      await dropped;
      expect((await log.append(office, at(9), APPEND)).kind).to.equal('stored');
      await follower.untilLast(home, '2');
      await follower.untilLast(office, '9');
      expect(follower.losses).to.deep.equal(['sequence_gap']);
      follower.checkOrder();
    });

    it('receives the last message before a cut', async () => {
      const { log, proxy, follower } = await throughProxy();
      const dropped = proxy.dropNext(isUpdate);
      await store(log, 2);
      await dropped;
      proxy.cut();
      await follower.untilLast(home, '2');
      follower.checkOrder();
    });

    it('replaces a connection that swallows everything', async () => {
      const { log, proxy, follower, telemetry } = await throughProxy();
      proxy.blackHole();
      await follower.untilLost('heartbeats_missed');
      await eventually('a dial failed', () => telemetry.count('logError.connect') >= 1);
      await proxy.heal();
      await follower.untilCaughtUp();
      await store(log, 2);
      await follower.untilLast(home, '2');
      follower.checkOrder();
    });

    it('keeps its connection to a server that only paused', async () => {
      const { server, proxy, follower, telemetry } = await throughProxy();
      server.pause();
      await follower.untilLost('heartbeats_missed');
      server.resume();
      await follower.untilCaughtUp();
      expect(telemetry.count('logError.connect')).to.equal(0);
      expect(proxy.said.get('CONNECT')).to.equal(1);
    });

    it('sends a server that it cannot use one connection at a time', async () => {
      const server = await startServer();
      const proxy = await TcpProxy.start(server.port);
      closing.push(proxy);
      proxy.blackHole();
      const { telemetry } = open(proxy.url);
      await eventually('two dials failed', () => telemetry.count('logError.connect') >= 2);
      expect(proxy.connections).to.be.at.most(1);
    });
  });

  describe('when the stream changes while it is followed', () => {
    async function withAdmin() {
      const server = await startServer();
      const opened = await openCaughtUp(server.url);
      await store(opened.log, 1);
      await opened.follower.untilLast(home, '1');
      return { server, operator: await admin(server), ...opened };
    }

    it('creates a new consumer when its own is deleted', async () => {
      const { operator, log, follower } = await withAdmin();
      await operator.deleteConsumers();
      await eventually('the epoch is lost', () => follower.losses.length > 0);
      await store(log, 2);
      await follower.untilLast(home, '2');
      follower.checkOrder();
    });

    it('receives what follows a purge', async () => {
      const { operator, log, follower } = await withAdmin();
      await operator.manager.streams.purge(STREAM);
      await store(log, 2);
      await follower.untilLast(home, '2');
    });

    it('recreates the stream when it was deleted', async () => {
      const { operator, log, follower } = await withAdmin();
      await operator.manager.streams.delete(STREAM);
      await store(log, 2);
      await follower.untilLast(home, '2');
      expect(follower.updates(home).at(-1)?.sequence).to.equal(1);
      follower.checkOrder();
    });

    it('receives new messages of a stream that others deleted and recreated', async () => {
      const { operator, follower } = await withAdmin();
      const { config } = await operator.manager.streams.info(STREAM);
      await operator.manager.streams.delete(STREAM);
      await operator.manager.streams.add({ ...config, name: STREAM });
      await operator.publish('home', '{"updated_at":2}');
      await follower.untilLast(home, '2');
    });

    it('receives new messages of a store that was rolled back', async () => {
      const server = await startServer();
      const { log, follower } = await openCaughtUp(server.url);
      await store(log, 1);
      await server.kill();
      const copy = await server.copyStore();
      await server.restart();
      for (const value of [2, 3, 4]) await store(log, value);
      await follower.untilLast(home, '4');
      await server.kill();
      await server.putStoreBack(copy);
      await server.restart();
      await store(log, 5);
      await follower.untilLast(home, '5');
      expect(follower.updates(home).at(-1)?.sequence).to.equal(2);
    });

    it('leaves no consumer behind when it is closed', async () => {
      const { operator, log } = await withAdmin();
      expect(await operator.consumers()).to.have.length(1);
      await log.close();
      await eventually('the consumer is gone', async () => (await operator.consumers()).length === 0);
    });

    it('delivers no update that has expired', async () => {
      const server = await startServer();
      const first = open(server.url, { retentionMs: 1000 });
      await first.follower.untilCaughtUp();
      await store(first.log, 1);
      const operator = await admin(server);
      await eventually(
        'the message expires',
        async () => (await operator.manager.streams.info(STREAM)).state.messages === 0,
      );
      const { follower } = await openCaughtUp(server.url);
      expect(follower.values(home)).to.deep.equal([]);
    });
  });

  describe('with a stream that was created by others', () => {
    async function withStream(config: {
      readonly name: string;
      readonly subjects: string[];
      readonly storage?: StorageType;
    }) {
      const server = await startServer();
      const operator = await admin(server);
      const { config: made } = await operator.manager.streams.add({ storage: StorageType.File, ...config });
      return { server, operator, made };
    }

    const cases = [
      { name: STREAM, subjects: ['flagsmith.environment.>'] },
      { name: 'other-name', subjects: ['flagsmith.environment.>'] },
      { name: 'wider', subjects: ['flagsmith.>', 'more'] },
      { name: 'one-token', subjects: ['flagsmith.environment.*'] },
      { name: STREAM, subjects: ['flagsmith.environment.>'], storage: StorageType.Memory },
    ];
    for (const config of cases)
      it(`adopts ${config.name} over ${config.subjects.join()} on ${config.storage ?? 'file'} storage as it is`, async () => {
        const { server, operator, made } = await withStream(config);
        const [first, second] = [await openCaughtUp(server.url), await openCaughtUp(server.url)];
        await store(first.log, 1);
        await second.follower.untilLast(home, '1');
        const late = await first.log.append(home, at(2), { ...APPEND, expectedSequence: 0 });
        expect(late).to.have.nested.property('last.updatedAt', '1');
        expect((await operator.manager.streams.info(config.name)).config).to.deep.equal(made);
        const inMemory = config.storage === StorageType.Memory;
        expect(first.log.status().durable).to.equal(!inMemory);
        expect(first.logger.of('nats_stream_in_memory')).to.have.length(inMemory ? 1 : 0);
        const [warning] = first.logger.of('nats_stream_differs');
        expect(String(warning?.differences)).to.match(/max_msgs_per_subject: wanted 1, is -1/);
      });

    it('creates its own as the documents say, without a warning', async () => {
      const server = await startServer();
      const { logger } = await openCaughtUp(server.url);
      const { config } = await (await admin(server)).manager.streams.info(STREAM);
      expect(config).to.deep.include({
        subjects: ['flagsmith.environment.>'],
        retention: 'limits',
        storage: 'file',
        max_msgs_per_subject: 1,
        max_age: 3_600_000_000_000,
        num_replicas: 1,
        allow_direct: true,
      });
      expect(logger.lines.filter((line) => line.level === 'warn')).to.deep.equal([]);
    });

    it('waits for the operator if something else has its name', async () => {
      const { server, operator } = await withStream({ name: STREAM, subjects: ['something.else'] });
      const { follower, telemetry, log } = open(server.url);
      await eventually('the failure is counted', () => telemetry.count('logError.create_jetstream') > 1);
      await operator.manager.streams.delete(STREAM);
      await follower.untilCaughtUp();
      await store(log, 1);
    });
  });

  describe('with messages of others', () => {
    it('L-2: marks a repair with the time of its original, and ignores a mark that cannot be right', async () => {
      const server = await startServer();
      const { log, follower } = await openCaughtUp(server.url);
      const operator = await admin(server);
      const firstStoredAtMs = Date.now() - 60_000;
      await log.append(home, at(1), { ...APPEND, expectedSequence: 0, firstStoredAtMs });
      const stored = await operator.manager.streams.getMessage(STREAM, { last_by_subj: 'flagsmith.environment.home' });
      expect(stored?.header.get('Halyard-First-Stored')).to.equal(String(firstStoredAtMs));
      expect(stored?.string()).to.equal('{"updated_at":1}');
      await follower.untilLast(home, '1');
      expect(follower.updates(home).at(-1)).to.include({ isRepair: true, storedAtMs: firstStoredAtMs });
      const future = String(Date.now() + 3_600_000);
      for (const [value, mark] of ['', 'noon', '-1', '1.5', '1e3', '0x1', '99999999999999999999', future].entries()) {
        const marked = headers();
        marked.set('Halyard-First-Stored', mark);
        await operator.manager
          .jetstream()
          .publish('flagsmith.environment.home', `{"updated_at":${value + 2}}`, { headers: marked });
        await follower.untilLast(home, String(value + 2));
        expect(follower.updates(home).at(-1), mark).to.not.have.property('isRepair');
      }
    });

    it('L-1: delivers every form of an update, and counts, skips and seldom logs anything else', async () => {
      const server = await startServer();
      const { log, follower, telemetry, logger } = await openCaughtUp(server.url);
      const operator = await admin(server);
      const noise = new Uint8Array(1_000_000).fill(0xfe);
      // Each on its own subject: the stream keeps only the last message of a subject.
      let subjects = 0;
      const publish = (message: string | Uint8Array) => operator.publish(`home${subjects++}`, message);
      for (let round = 0; round < 5; round++) {
        for (const message of [
          '',
          'noise',
          '[]',
          '{}',
          '{"updated_at":null}',
          '{"updated_at":-1}',
          '{"updated_at":"now"}',
        ])
          await publish(message);
        await publish(noise);
        await operator.publish(`home.token${round}`, '{"updated_at":7}');
        await operator.publish(`h$me${round}`, '{"updated_at":7}');
      }
      const forms = [
        '{"updated_at":"2024-12-06T10:21:54.079725+00:00"}',
        '{"updated_at":1735229888}',
        '{"x":[1],"updated_at":123}',
      ];
      for (const form of forms) await publish(form);
      await store(log, 1);
      await follower.untilLast(home, '1');
      const told = follower.told.flatMap((each) => (each.kind === 'updated' ? [each.update.updatedAt] : []));
      expect(told).to.deep.equal(['1733480514.079725', '1735229888.000000', '123', '1']);
      expect(telemetry.count('messageSkipped.content')).to.equal(35);
      expect(telemetry.count('messageSkipped.size')).to.equal(5);
      expect(telemetry.count('messageSkipped.subject')).to.equal(10);
      expect(telemetry.count('logError.read')).to.equal(50);
      expect(logger.kindsOf('nats_message_skipped')).to.have.members(['content', 'size', 'subject']);
      expect(follower.losses).to.deep.equal([]);
    });

    const poison: readonly (readonly [string, string])[] = [
      ['a status that would end a consumer', 'NATS/1.0 409 Consumer Deleted\r\n\r\n'],
      ['a status that would be a heartbeat', 'NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 9\r\n\r\n'],
      ['a status that would mean no responders', 'NATS/1.0 503\r\n\r\n'],
      ['a header that has no valid name', 'NATS/1.0\r\nno good: 1\r\n\r\n'],
      ['invalid headers', 'NATS/1.0\r\n\u0000\u00ff::\r\n\r\n'],
    ];
    for (const [what, headers] of poison)
      it(`L-1: delivers an update whose publisher gave it ${what}, and continues`, async () => {
        const server = await startServer();
        const { log, follower } = await openCaughtUp(server.url);
        const publisher = await RawNatsClient.connect(server.port);
        closing.push(publisher);
        await publisher.publish('flagsmith.environment.home', '{"updated_at":7}', headers);
        await follower.untilLast(home, '7');
        await store(log, 8);
        await follower.untilLast(home, '8');
        await publisher.publish('flagsmith.environment.home', '{"updated_at":9}', headers);
        const late = await log.append(home, at(10), { ...APPEND, expectedSequence: 1 });
        expect(late).to.have.nested.property('last.updatedAt', '9');
        const second = await openCaughtUp(server.url);
        expect(second.follower.values(home)).to.deep.equal(['9']);
        expect([follower.losses, second.follower.losses]).to.deep.equal([[], []]);
      });

    it('continues to store, and counts, if another client answers published messages', async () => {
      const server = await startServer();
      const { log, telemetry, logger } = await openCaughtUp(server.url);
      const stranger = await admin(server);
      stranger.connection.subscribe('flagsmith.environment.>', {
        callback: (_, message) => ['null', '[]', '{"seq":"7"}'].forEach((answer) => message.respond(answer)),
      });
      await stranger.connection.flush();
      for (const value of [1, 2, 3]) expect((await log.append(home, at(value), APPEND)).kind).to.equal('stored');
      await eventually('all are counted', () => telemetry.count('logError.publish') === 9);
      expect(logger.kindsOf('nats_error')).to.deep.equal(['publish an answer is not from JetStream']);
    });

    it('is caught up although the last message is not an update, and replaces it conditionally', async () => {
      const server = await startServer();
      const first = await openCaughtUp(server.url);
      const operator = await admin(server);
      await operator.publish('home', 'noise');
      await operator.publish('office', 'noise');
      const { log, follower } = await openCaughtUp(server.url);
      expect((await log.append(home, at(1), { ...APPEND, expectedSequence: 0 })).kind).to.equal('stored');
      await follower.untilLast(home, '1');
      await first.follower.untilLast(home, '1');
    });
  });
});
