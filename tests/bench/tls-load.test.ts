import { expect } from 'chai';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { messageOf } from '../../application/ports/message-of.ts';
import { Load, type LoadTarget } from '../../bench/load.ts';
import { compile, compileTlsLoadWithDebian } from '../../bench/native.ts';
import { TOKEN } from '../../bench/subject.ts';
import { eventually } from '../support/eventually.ts';
import { CertificateFiles } from '../support/servers/certificate-files.ts';
import { makeCertificate } from '../support/servers/certificate.ts';
import { type RunningService, startService, TOKEN as SERVICE_TOKEN } from '../support/servers/running-service.ts';

type Tls = 'http/1.1' | 'h2';

const STREAMS = 20;
/** One event fills several TLS records and HTTP/2 frames, and what is looked for is in the last one. */
const LONG_NAME = 'x'.repeat(40_000);

describe('The load generator over TLS', function () {
  this.timeout(120_000);
  let binary: string;
  let files: CertificateFiles;
  const ends: (() => Promise<void>)[] = [];

  before(async () => {
    files = await CertificateFiles.make();
    binary = await compileTlsLoadWithDebian();
  });

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  after(() => files.remove());

  async function service(tls: Tls, variables: Record<string, string> = {}): Promise<RunningService> {
    const { certFile, keyFile } = files;
    const started = await startService({
      [tls === 'h2' ? 'HTTP2_LISTEN_ADDR' : 'TLS_LISTEN_ADDR']: '127.0.0.1:0',
      TLS_CERT_FILE: certFile,
      TLS_KEY_FILE: keyFile,
      SSE_AUTHENTICATION_TOKEN: TOKEN,
      ...variables,
    });
    ends.push(() => started.stop());
    return started;
  }

  async function loadOf(target: LoadTarget): Promise<Load> {
    const load = await Load.start(binary, target);
    ends.push(() => load.end());
    return load;
  }

  const toService = ({ port, ports }: RunningService, tls: Tls): LoadTarget => ({
    port: ports[1] ?? 0,
    postPort: port,
    tls,
  });

  for (const tls of ['http/1.1', 'h2'] as const)
    describe(`with ${tls}`, () => {
      it('opens streams, and counts each event once', async () => {
        const running = await service(tls);
        const load = await loadOf(toService(running, tls));
        const opened = await load.open({ n: STREAMS });
        expect(opened).to.include({ outcome: 'done', opened: STREAMS, failed: 0, streams: STREAMS });
        expect(opened.opening.count).to.equal(STREAMS);
        expect(running.subscribers).to.equal(STREAMS);
        const ran = await load.run({ updates: 3 });
        expect(ran).to.include({ outcome: 'done', events: 3 * STREAMS, behind: 0, replays: 0, postErrors: 0 });
        expect(ran.latency.count).to.equal(3 * STREAMS);
        await load.close();
        await eventually('the service to miss the streams', () => running.subscribers === 0);
      });

      it('finds updates in events of many records', async () => {
        const load = await loadOf(toService(await service(tls, { SSE_EVENT_NAME: LONG_NAME }), tls));
        await load.open({ n: STREAMS });
        const ran = await load.run({ updates: 5 });
        expect(ran).to.include({ outcome: 'done', events: 5 * STREAMS, behind: 0 });
      });

      it('finds all of several records that come at once', async () => {
        const running = await service(tls, { SSE_AUTHENTICATION_TOKEN: SERVICE_TOKEN });
        const relay = await HoldingRelay.start(running.ports[1] ?? 0);
        ends.push(() => relay.close());
        const load = await loadOf({ port: relay.port, tls });
        await load.open({ n: 1 });
        relay.hold();
        for (const value of [7, 8]) {
          const before = relay.held;
          await running.publish('load_test', value);
          await eventually('the event at the relay', () => relay.held > before);
        }
        relay.release();
        expect(await load.settle(8, 15_000)).to.include({ outcome: 'done', events: 2 });
      });

      it('counts what is refused, and what has no TLS, as failed', async () => {
        const running = await service(tls);
        const refused = await loadOf({ ...toService(running, tls), name: 'no*name' });
        expect(await refused.open({ n: STREAMS })).to.include({ outcome: 'done', opened: 0, failed: STREAMS });
        const clear = await loadOf({ port: running.port, tls });
        expect(await clear.open({ n: STREAMS })).to.include({ outcome: 'done', opened: 0, failed: STREAMS });
      });

      it('counts streams that the server ends', async () => {
        const running = await service(tls);
        const load = await loadOf(toService(running, tls));
        await load.open({ n: STREAMS });
        await running.stop();
        await eventually('the ends', async () => (await load.settle(0, 1000)).closedByPeer === STREAMS);
      });
    });

  it('keeps an HTTP/2 connection alive by answering pings', async () => {
    const { server, streams, port } = await startHttp2Server();
    ends.push(async () => {
      for (const { session } of streams) session?.destroy();
      server.close();
      await once(server, 'close');
    });
    const load = await loadOf({ port, tls: 'h2' });
    await load.open({ n: 1 });
    const payload = Buffer.from('pingpong');
    const answer = await new Promise<Buffer>((resolve, reject) =>
      streams[0]?.session?.ping(payload, (error, _, back) => (error === null ? resolve(back) : reject(error))),
    );
    expect(answer).to.deep.equal(payload);
    streams[0]?.write('data: {"updated_at":7.000000}\n\n');
    await eventually('the event', async () => (await load.settle(0, 1000)).events === 1);
  });

  it('fails against a server without HTTP/2 if it should speak that', async () => {
    // It chooses nothing of what is offered, as uWebSockets.js does.
    const server = createTlsServer(makeCertificate(), (socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => {
      server.close();
      await once(server, 'close');
    });
    const load = await loadOf({ port: (server.address() as AddressInfo).port, tls: 'h2' });
    expect(await load.open({ n: STREAMS })).to.include({ outcome: 'done', opened: 0, failed: STREAMS });
  });

  it('says so if it was compiled without TLS', async () => {
    const clear = await compile('load');
    if (clear === undefined) throw new Error('this test needs a C compiler: install gcc, or name one in CC');
    const refusal = await Load.start(clear, { port: 1, tls: 'h2' }).catch(messageOf);
    expect(refusal).to.equal('this load generator was compiled without TLS');
  });
});

/** Can hold back what a server sends, and let it go in one piece. */
class HoldingRelay {
  readonly #server: Server;
  #client: Socket | undefined;
  #chunks: Buffer[] | undefined;

  private constructor(server: Server, target: number) {
    this.#server = server;
    server.on('connection', (client) => {
      this.#client = client;
      const upstream = connect(target, '127.0.0.1');
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      client.pipe(upstream);
      upstream.on('data', (chunk) => (this.#chunks === undefined ? client.write(chunk) : this.#chunks.push(chunk)));
    });
  }

  static async start(target: number): Promise<HoldingRelay> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HoldingRelay(server, target);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many bytes it holds. */
  get held(): number {
    return (this.#chunks ?? []).reduce((sum, { length }) => sum + length, 0);
  }

  hold(): void {
    this.#chunks = [];
  }

  release(): void {
    this.#client?.write(Buffer.concat(this.#chunks ?? []));
    this.#chunks = undefined;
  }

  async close(): Promise<void> {
    this.#client?.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Answers every request with a stream. */
async function startHttp2Server(): Promise<{
  readonly server: Http2SecureServer;
  readonly streams: readonly ServerHttp2Stream[];
  readonly port: number;
}> {
  const streams: ServerHttp2Stream[] = [];
  const server = createSecureServer(makeCertificate());
  server.on('stream', (stream: ServerHttp2Stream) => {
    streams.push(stream.on('error', () => undefined));
    stream.respond({ ':status': 200 });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, streams, port: (server.address() as AddressInfo).port };
}
