import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { freePort } from '../support/servers/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { NatsServer } from '../support/servers/nats-server.ts';
import { readDocument, ROOT } from '../support/documents/repository.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { BuiltImage } from './built-image.ts';
import { contain, type Containment, ended, pidInside, type Ran } from './contained.ts';

const run = promisify(execFile);
const TOKEN = 'image-token';

describe('the image', () => {
  let image: BuiltImage | undefined;
  const built = (): BuiltImage['stage'] => {
    if (image === undefined) throw new Error('the image was not built');
    return image.stage;
  };
  before(async () => void (image = await BuiltImage.build()));
  after(() => image?.remove());

  const container = (command: readonly string[], differing: Partial<Containment> = {}): ChildProcess => {
    const { root, workingDirectory, environment, user } = built();
    return contain({
      root,
      workingDirectory,
      user,
      command,
      ...differing,
      environment: { ...environment, ...differing.environment },
    });
  };
  const inside = (command: readonly string[], differing: Partial<Containment> = {}): Promise<Ran> =>
    ended(container(command, differing));

  /** Starts the image as an engine would, and waits until its own health check passes. */
  async function start(
    environment: Record<string, string>,
  ): Promise<{ child: ChildProcess; port: number; output: () => string; exit: Promise<Ran> }> {
    const port = await freePort();
    const given = {
      LISTEN_ADDR: `127.0.0.1:${port}`,
      SSE_AUTHENTICATION_TOKEN: TOKEN,
      DRAIN_SECONDS: '1',
      ...environment,
    };
    const { entrypoint, command, healthcheck } = built();
    const child = container([...entrypoint, ...command], { environment: given });
    let output = '';
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    const exit = ended(child);
    await eventually(
      'the health check to pass',
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${(await exit).output}`);
        return (await inside(healthcheck, { environment: given })).code === 0;
      },
      60_000,
    );
    return { child, port, output: () => output, exit };
  }

  const publish = (port: number, updatedAt: number): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/sse/environments/abc/queue-change`, {
      method: 'POST',
      headers: { Authorization: `Token ${TOKEN}` },
      body: JSON.stringify({ updated_at: updatedAt }),
    });

  it("has Node 24, one build of the addon, the service, and none of the build's tools", async () => {
    expect((await inside(['node', '--version'])).output).to.match(/^v24\./);
    const { version } = JSON.parse(readDocument('package.json')) as { version: string };
    expect(await inside(['halyard', '--version'])).to.deep.equal({ code: 0, output: `${version}\n` });
    const { root } = built();
    const addons = await run('find', [join(root, 'opt/halyard'), '-name', '*.node']);
    expect(addons.stdout.trim().split('\n')).to.have.length(1);
    for (const absent of ['usr/local/bin/npm', 'opt/halyard/node_modules/typescript', 'opt/halyard/dist/tests'])
      await run('test', ['!', '-e', join(root, absent)]);
    const kilobytes = Number((await run('du', ['-sk', join(root, 'opt/halyard')])).stdout.split('\t')[0]);
    expect(kilobytes, 'the service and what it depends on, in KB').to.be.lessThan(40_000);
  });

  it('cannot write anything, and runs as an unprivileged user', async () => {
    const { code, output } = await inside(['touch', '/tmp/file']);
    expect([code, output]).to.deep.equal([1, "touch: cannot touch '/tmp/file': Read-only file system\n"]);
    expect((await inside(['id', '-u'])).output).to.equal('10001\n');
    const { output: status } = await inside(['cat', '/proc/self/status']);
    expect(status)
      .to.match(/^CapEff:\t0+$/m)
      .and.match(/^NoNewPrivs:\t1$/m);
  });

  it('serves a stream, as its first process, and drains on SIGTERM', async () => {
    const { child, port, exit } = await start({ UPDATE_LOG: 'memory' });
    const client = await StreamClient.open(port, 'abc');
    expect((await publish(port, 123)).status).to.equal(200);
    await client.hears('123');
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metricsz`)).text();
    expect(metrics).to.match(/halyard_build_info\{version="[\d.]+",node="24\./);
    process.kill(pidInside(child), 'SIGTERM');
    await client.raw.closed(30_000);
    expect(client.endedProperly).to.equal(true);
    expect((await exit).code).to.equal(0);
  });

  it('serves a stream on NATS', async () => {
    const nats = await NatsServer.start();
    const { child, port, exit } = await start({ NATS_URL: `nats://127.0.0.1:${nats.port}` });
    try {
      const client = await StreamClient.open(port, 'abc');
      await eventually(
        'it to be ready',
        async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200,
        60_000,
      );
      expect((await publish(port, 1_733_480_514)).status).to.equal(200);
      await client.hears('1733480514.000000');
      client.close();
    } finally {
      process.kill(pidInside(child), 'SIGTERM');
      await exit;
      await nats.close();
    }
  });

  /** Runs tests of this repository on the image's Node. */
  const tests = (...files: string[]): Promise<Ran> =>
    inside(
      [
        'node',
        '/mnt/node_modules/mocha/bin/mocha.js',
        '--no-config',
        '--timeout',
        '600000',
        '--forbid-pending',
        '--exit',
        '--reporter',
        'dot',
        ...files,
      ],
      { workingDirectory: '/mnt', mounts: { '/mnt': ROOT }, tmp: true },
    );

  it('keeps the protocol on its Node, which has another build of the addon than older ones', async () => {
    const { code, output } = await tests('dist/tests/wire/**/*.test.js');
    expect(code, output.slice(-5000)).to.equal(0);
    expect(Number(/(\d+) passing/.exec(output)?.[1])).to.be.greaterThan(50);
  });

  it('serves TLS on its Node, and exchanges the certificate without losing a connection', async () => {
    const { code, output } = await tests(
      'dist/tests/https/**/*.test.js',
      'dist/tests/adapters/http/tls-certificate.test.js',
      'dist/tests/adapters/http/connection-budget.test.js',
    );
    expect(code, output.slice(-5000)).to.equal(0);
    expect(Number(/(\d+) passing/.exec(output)?.[1])).to.be.greaterThan(25);
  });

  it("withstands hostile HTTP/2 on its Node, and knows where that keeps a session's native part", async () => {
    const { code, output } = await tests(
      'dist/tests/http2/limits.test.js',
      'dist/tests/http2/resets.test.js',
      'dist/tests/http2/native-sessions.test.js',
      'dist/tests/adapters/http/node/exchange.test.js',
      'dist/tests/abuse/http2-frames.fuzz.test.js',
      'dist/tests/abuse/pipelining.test.js',
    );
    expect(code, output.slice(-5000)).to.equal(0);
    expect(Number(/(\d+) passing/.exec(output)?.[1])).to.be.greaterThan(40);
  });
});
