import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackage } from './debian-package.ts';
import { freePort } from './free-port.ts';
import { eventually } from '../eventually.ts';

const run = promisify(execFile);

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function binary(name: 'prometheus' | 'promtool'): Promise<string> {
  return join(await unpackDebianPackage({ name: 'prometheus' }), 'usr/bin', name);
}

/**
 * Runs Prometheus's own checker.
 *
 * @returns what it printed
 * @throws Error with what it printed, when it found something
 */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const running = run(await binary('promtool'), [...args]);
  running.child.stdin?.end(input);
  try {
    const { stdout, stderr } = await running;
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
  }
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus with a store of its own, that scrapes one target many times a second. */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #dir: string;
  readonly #port: number;
  #output = '';

  private constructor(child: ChildProcess, dir: string, port: number) {
    this.#child = child;
    this.#dir = dir;
    this.#port = port;
    running.add(child);
    child.stderr?.on('data', (text: Buffer) => (this.#output += text.toString()));
  }

  /** @param target `host:port` of the service */
  static async start(target: string, rulesFile: string): Promise<Prometheus> {
    const dir = await mkdtemp(join(tmpdir(), 'halyard-prometheus-'));
    const config = {
      global: { scrape_interval: '200ms', evaluation_interval: '200ms' },
      rule_files: [rulesFile],
      scrape_configs: [{ job_name: 'halyard', metrics_path: '/metricsz', static_configs: [{ targets: [target] }] }],
    };
    // JSON is YAML.
    await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config));
    const port = await freePort();
    const args = [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const prometheus = new Prometheus(
      spawn(await binary('prometheus'), args, { stdio: ['ignore', 'ignore', 'pipe'] }),
      dir,
      port,
    );
    try {
      await eventually(
        'Prometheus to be ready',
        async () => {
          if (prometheus.#child.exitCode !== null) throw new Error(`Prometheus ended: ${prometheus.#output}`);
          return (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.status === 200;
        },
        60_000,
      );
    } catch (error) {
      await prometheus.stop();
      throw error;
    }
    return prometheus;
  }

  async query(expression: string): Promise<readonly Sample[]> {
    const data = await this.#api<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The alerts that were loaded, with their health by Prometheus's own account. */
  async rules(): Promise<readonly { readonly name: string; readonly health: string }[]> {
    const data = await this.#api<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
    return data.groups.flatMap((group) => group.rules);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    running.delete(this.#child);
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #api<T>(path: string): Promise<T> {
    const answer = (await (await fetch(`http://127.0.0.1:${this.#port}/api/v1/${path}`)).json()) as {
      status: string;
      error?: string;
      data: T;
    };
    if (answer.status !== 'success') throw new Error(`Prometheus refuses ${path}: ${answer.error}`);
    return answer.data;
  }
}
