import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackage } from './debian-package.ts';
import { freePort } from './free-port.ts';
import { messageOf } from '../../../application/ports/message-of.ts';
import { eventually } from '../eventually.ts';

const run = promisify(execFile);

export interface NatsServerOptions {
  /** Lines for the server's configuration file beside port and store. */
  readonly config?: string;
  readonly jetStream?: boolean;
  /** It waits for the disk before it acknowledges: `sync_interval: always`, which 2.9 does not know. */
  readonly syncsAlways?: boolean;
  /** For a feature that 2.9 lacks: in a cluster, of two writes that expect the same sequence only one is stored. */
  readonly atLeast?: '2.10';
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real nats-server of a test's own, on a free port with its own store. */
export class NatsServer {
  readonly port: number;
  readonly dir: string;
  readonly #binary: string;
  #config: string;
  #jetStream: boolean;
  readonly #syncsAlways: boolean;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(binary: string, dir: string, port: number, options: NatsServerOptions) {
    this.#binary = binary;
    this.dir = dir;
    this.port = port;
    this.#config = options.config ?? '';
    this.#jetStream = options.jetStream ?? true;
    this.#syncsAlways = options.syncsAlways ?? false;
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = await NatsServer.prepare(options);
    await server.restart();
    return server;
  }

  /** A port and a folder, but no server yet: for tests that start something else first. */
  static async prepare(options: NatsServerOptions = {}): Promise<NatsServer> {
    const dir = await mkdtemp(join(tmpdir(), 'halyard-nats-'));
    return new NatsServer(await natsServerBinary(options.atLeast), dir, await freePort(), options);
  }

  /** Three nodes that elect leaders among them, and have been seen to place a stream on all three. */
  static async startCluster(): Promise<readonly [NatsServer, NatsServer, NatsServer]> {
    for (let attempt = 1; ; attempt++) {
      const nodes = await NatsServer.#startNodes();
      const refusal = await whyNoReplicas(nodes[0].url);
      if (refusal === undefined) return nodes;
      // On a busy machine one in twenty elects a leader of two, which knows no third, or none, and stays so: /jsz showed
      // a meta group of two peers. That is nats-server's beginning, which no test here is about.
      for (const node of nodes) await node.close();
      if (attempt === CLUSTERS) throw new Error(`three nats-servers place no stream on all of them: ${refusal}`);
    }
  }

  static async #startNodes(): Promise<readonly [NatsServer, NatsServer, NatsServer]> {
    const routePorts = [await freePort(), await freePort(), await freePort()];
    const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const node = (index: number) =>
      NatsServer.start({
        atLeast: '2.10',
        config: `server_name: node${index}\ncluster { name: test, listen: "127.0.0.1:${routePorts[index]}", routes: [${routes}] }`,
      });
    return Promise.all([node(0), node(1), node(2)]);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it again, on the same port and the same store. */
  async restart(options: { readonly jetStream?: boolean } = {}): Promise<void> {
    this.#jetStream = options.jetStream ?? this.#jetStream;
    await this.#writeConfig();
    // Another process's connection may occupy the port for a moment, so a start may take several tries.
    await eventually('nats-server starts', async () => {
      this.#output = '';
      const child = spawn(this.#binary, ['-c', join(this.dir, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
      running.add(child);
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
      const exited = once(child, 'exit').then(() => running.delete(child));
      const isReady = () => this.#output.includes('Server is ready');
      await eventually('nats-server is ready', () => isReady() || child.exitCode !== null);
      if (isReady()) {
        this.#child = child;
        return true;
      }
      await exited;
      if (!this.#output.includes('address already in use')) throw new Error(`nats-server exited:\n${this.#output}`);
      return false;
    });
  }

  /** `kill -9`, and waits until it has ended. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await exited;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Changes the configuration under the running server. */
  async reload(config: string): Promise<void> {
    this.#config = config;
    await this.#writeConfig();
    const before = this.#output.length;
    this.#child?.kill('SIGHUP');
    await eventually('nats-server reloads', () => this.#output.slice(before).includes('Reloaded server configuration'));
  }

  /** Copies the store of the stopped server, to be put back later. */
  async copyStore(): Promise<string> {
    const copy = await mkdtemp(join(this.dir, 'copy-'));
    await cp(join(this.dir, 'store'), copy, { recursive: true });
    return copy;
  }

  async putStoreBack(copy: string): Promise<void> {
    await rm(join(this.dir, 'store'), { recursive: true });
    await cp(copy, join(this.dir, 'store'), { recursive: true });
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #writeConfig(): Promise<void> {
    const sync = this.#syncsAlways ? ', sync_interval: always' : '';
    const store = this.#jetStream ? `jetstream { store_dir: "${join(this.dir, 'store')}"${sync} }` : '';
    await writeFile(join(this.dir, 'nats.conf'), `listen: "127.0.0.1:${this.port}"\n${store}\n${this.#config}\n`);
  }
}

/** `NATS_SERVER_BIN`, else one on the PATH, else Debian's, else Debian trixie's; new enough in each case. */
async function natsServerBinary(atLeast: string | undefined): Promise<string> {
  const named = process.env.NATS_SERVER_BIN;
  if (named) {
    if (await isNewEnough(named, atLeast)) return named;
    throw new Error(`NATS_SERVER_BIN=${named} is not a nats-server${atLeast ? ` of version ${atLeast} or later` : ''}`);
  }
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const binary = join(dir, 'nats-server');
    if (await isNewEnough(binary, atLeast)) return binary;
  }
  const failures: string[] = [];
  for (const release of [{}, { release: 'trixie' }]) {
    try {
      const binary = join(await unpackDebianPackage({ name: 'nats-server', ...release }), 'usr/sbin/nats-server');
      if (await isNewEnough(binary, atLeast)) return binary;
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new Error(
    `These tests need nats-server${atLeast ? ` ${atLeast} or later` : ''}: put it on the PATH or name it in ` +
      `NATS_SERVER_BIN. ${failures.join(' ')}`,
  );
}

const versions = new Map<string, string>();

async function isNewEnough(binary: string, atLeast: string | undefined): Promise<boolean> {
  let version = versions.get(binary);
  if (version === undefined) {
    try {
      await access(binary);
      version = /v(\d+\.\d+)/.exec((await run(binary, ['--version'])).stdout)?.[1] ?? '0.0';
    } catch {
      version = '';
    }
    versions.set(binary, version);
  }
  if (version === '') return false;
  const [have, need] = [version, atLeast ?? '2.9'].map(
    (text) => Number(text.split('.')[0]) * 1000 + Number(text.split('.')[1]),
  );
  return (have ?? 0) >= (need ?? 0);
}

const CLUSTERS = 6;
/** Ten times what it takes. */
const PLACEMENT_CEILING_MS = 30_000;

/** Waits until a cluster has a leader, which knows all of its peers. */
async function whyNoReplicas(url: string): Promise<string | undefined> {
  const connection = await connect({ servers: [url] });
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 2000 });
  let refusal = 'no answer';
  const isPlaced = (): Promise<boolean> =>
    manager.streams.add({ name: 'probe', subjects: ['probe'], num_replicas: 3 }).then(
      () => true,
      (error: unknown) => ((refusal = messageOf(error)), false),
    );
  try {
    await eventually('a stream on all of them', isPlaced, PLACEMENT_CEILING_MS);
    await manager.streams.delete('probe');
    return undefined;
  } catch {
    return refusal;
  } finally {
    await connection.close();
  }
}
