import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';
import { TOKEN } from './running-service.ts';
import { TlsTunnel } from './tls-tunnel.ts';

const MAIN = fileURLToPath(new URL('../../../infrastructure/main.js', import.meta.url));

/** Makes the service load a module of `tests/infrastructure` before its own. */
export function preload(name: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=${new URL(`../../infrastructure/${name}.process.js`, import.meta.url).href}` };
}

interface SpawnOptions {
  /** Options of Node's own. */
  readonly nodeOptions?: readonly string[];
  /** How many files it may open; Node uses the hard limit, so that is set. */
  readonly maxFiles?: number;
  /** How much memory it may have; beyond it the process ends. */
  readonly maxMegabytes?: number;
  /** An open file for its log, which is then not read here. */
  readonly stdout?: number;
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** The service in its own process, as in a container: it can be killed. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  #tunnel: TlsTunnel | undefined;
  readonly lines: LogLine[] = [];
  stderr = '';
  exitCode: number | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    // A test process that crashes must not leave one running.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    child.on('exit', (code) => (this.exitCode = code ?? -1));
  }

  /** Starts it, without waiting for anything. */
  static spawn(
    environment: Record<string, string> = {},
    args: readonly string[] = [],
    { nodeOptions = [], maxFiles, maxMegabytes, stdout }: SpawnOptions = {},
  ): ServiceProcess {
    const limits = [
      ...(maxFiles === undefined ? [] : [`ulimit -n ${maxFiles}`]),
      ...(maxMegabytes === undefined ? [] : [`ulimit -d ${maxMegabytes * 1024}`]),
    ];
    const command = [process.execPath, ...nodeOptions, MAIN, ...args];
    const child = spawn('sh', ['-c', [...limits, 'exec "$@"'].join('; '), 'sh', ...command], {
      env: {
        PATH: process.env['PATH'],
        LISTEN_ADDR: '127.0.0.1:0',
        UPDATE_LOG: 'memory',
        SSE_AUTHENTICATION_TOKEN: TOKEN,
        DRAIN_SECONDS: '0',
        ...environment,
      },
      stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
    });
    return new ServiceProcess(child);
  }

  /** Starts it, and waits until it listens. */
  static async start(environment: Record<string, string> = {}, options: SpawnOptions = {}): Promise<ServiceProcess> {
    const service = ServiceProcess.spawn(environment, [], options);
    await service.logged('started');
    service.#tunnel = await TlsTunnel.openFor(environment, service.ports);
    return service;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get ports(): readonly number[] {
    // The lines of a primary and of its workers arrive in any order.
    const started = this.lines.find(({ event }) => event === 'started' || event === 'workers_started');
    return (started?.['ports'] as number[] | undefined) ?? [];
  }

  /** Of the first listener; with `TLS_LISTEN_ADDR` of that one, through a tunnel for clients that do not speak TLS. */
  get port(): number {
    return this.#tunnel?.port ?? this.ports[0] ?? 0;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async logged(event: string): Promise<LogLine> {
    const line = (): LogLine | undefined => this.lines.find((logged) => logged.event === event);
    await eventually(`the log line "${event}"; stderr: ${this.stderr}`, () => {
      if (this.exitCode !== undefined && line() === undefined)
        throw new Error(`the service ended with ${this.exitCode} before "${event}": ${this.stderr}`);
      return line() !== undefined;
    });
    return line() as LogLine;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async exited(ceilingMs = 30_000): Promise<number> {
    await eventually('the service to end', () => this.exitCode !== undefined, ceilingMs);
    return this.exitCode ?? -1;
  }

  /** Ends it, in whatever state it is. */
  async kill(): Promise<void> {
    if (this.exitCode === undefined) this.#child.kill('SIGKILL');
    this.#tunnel?.close();
    await this.exited();
  }
}
