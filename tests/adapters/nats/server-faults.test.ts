import { expect } from 'chai';
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { replicaFaults, SOUND_SERVER } from '../../../adapters/nats/server-faults.ts';
import { eventually } from '../../support/eventually.ts';
import { NatsAdmin, STREAM } from '../../support/servers/nats-admin.ts';
import { NatsServer } from '../../support/servers/nats-server.ts';
import { openNatsLog } from '../../support/memory/open-nats-log.ts';
import { RecordedFollower } from '../../support/memory/recorded-follower.ts';
import { readDocument } from '../../support/documents/repository.ts';

/** Stands between a server and its clients, and changes the version that the server reports. */
class OtherVersion {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(target: number, version: string) {
    this.#server = createServer((client) => {
      const server = createConnection(target, '127.0.0.1');
      for (const [socket, peer] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => peer.destroy()).on('close', () => peer.destroy());
      }
      client.pipe(server);
      server.once('data', (info: Buffer) => {
        client.write(info.toString('latin1').replace(/"version":"[^"]*"/, `"version":"${version}"`), 'latin1');
        server.pipe(client);
      });
    }).listen(0, '127.0.0.1');
  }

  async url(): Promise<string> {
    if (!this.#server.listening) await once(this.#server, 'listening');
    return `nats://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): Promise<void> {
    this.cut();
    this.#server.close();
    return Promise.resolve();
  }
}

describe('A server that is known to be faulty with replicas', () => {
  const closing: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of closing.splice(0).reverse()) await each.close();
  });

  for (const [version, faults] of [
    ['2.8.4', 3],
    ['2.9.10', 3],
    ['2.9.20', 3],
    ['2.9.21', 2],
    ['2.10.0', 2],
    ['2.10.18', 2],
    ['2.10.19', 1],
    ['2.10.27', 1],
    ['v2.10.27', 1],
    ['2.11.0', 0],
    ['2.12.9', 0],
    ['3.0.0', 0],
    ['', 0],
    ['next', 0],
  ] as const)
    it(`${version || 'of no version'} has ${faults} faults`, () => {
      expect(replicaFaults(version)).to.have.length(faults);
    });

  it('is named in docs/nats.md, with the releases that fixed each fault', () => {
    const rows = readDocument('docs/nats.md')
      .split('\n')
      .filter((line) => line.startsWith('| before '));
    const mended = rows.map((row) => /^\| before (\d+\.\d+\.\d+) \|/.exec(row)?.[1] ?? '');
    expect(mended.map((version) => replicaFaults(version).length)).to.deep.equal([2, 1, 0]);
    expect(mended.at(-1)).to.equal(SOUND_SERVER);
    for (const row of rows) expect(row).to.match(/github\.com\/nats-io\/nats-server\/(issues|pull)\/\d+/);
  });

  /** A stream on several nodes, which a single server does not create: the test answers in JetStream's place. */
  async function openWith(replicas: number, version: string) {
    const server = await NatsServer.start({ jetStream: false });
    closing.push(server);
    const stub = await NatsAdmin.connect(server.port);
    closing.push(stub);
    const info = {
      config: { name: STREAM, subjects: ['flagsmith.environment.>'], max_age: 0, num_replicas: replicas },
      state: { last_seq: 0 },
    };
    stub.connection.subscribe(`$JS.API.STREAM.INFO.${STREAM}`, {
      callback: (_, message) => void message.respond(JSON.stringify(info)),
    });
    await stub.connection.flush();
    const other = new OtherVersion(server.port, version);
    closing.push(other);
    const opened = openNatsLog({ url: await other.url() });
    closing.push(opened.log);
    opened.log.follow(new RecordedFollower());
    const tries = (count: number) =>
      eventually('consumers are asked for', () => opened.telemetry.count('logError.create_consumer') >= count);
    return { ...opened, other, tries };
  }

  it('causes one warning per connection if the stream has replicas', async () => {
    const { logger, other, tries } = await openWith(3, '2.10.18');
    await tries(2);
    const warning = { version: '2.10.18', replicas: 3, faults: replicaFaults('2.10.18'), soundSince: SOUND_SERVER };
    expect(logger.of('nats_server_old')).to.deep.equal([warning]);
    other.cut();
    await eventually('it is warned of again', () => logger.of('nats_server_old').length === 2);
  });

  it('causes no warning if the stream is on one node, or the server is sound', async () => {
    for (const [replicas, version] of [
      [1, '2.9.10'],
      [3, SOUND_SERVER],
    ] as const) {
      const { logger, tries } = await openWith(replicas, version);
      await tries(1);
      expect(logger.of('nats_server_old')).to.deep.equal([]);
    }
  });
});
