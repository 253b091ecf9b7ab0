import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathOf } from '../support/documents/repository.ts';
import { eventually } from '../support/eventually.ts';

const MAIN = pathOf('dist/infrastructure/main.js');

/** A command of `halyard` as a terminal runs it. */
export class Halyard {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  out = '';
  err = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { PATH: process.env['PATH'], ...environment };
    this.#child = spawn(process.execPath, [MAIN, ...args], { env });
    this.#child.stdout?.on('data', (text: Buffer) => (this.out += text.toString()));
    this.#child.stderr?.on('data', (text: Buffer) => (this.err += text.toString()));
    this.#exited = once(this.#child, 'close');
  }

  /** The whole of a run that ends by itself. */
  static async run(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; out: string; err: string }> {
    const run = new Halyard(args, environment);
    await run.#exited;
    return { code: run.#child.exitCode, out: run.out, err: run.err };
  }

  get lines(): string[] {
    return this.out.split('\n').slice(0, -1);
  }

  async prints(text: string | RegExp): Promise<void> {
    const found = (): boolean => (typeof text === 'string' ? this.out.includes(text) : text.test(this.out));
    await eventually(() => `"${text}" in ${JSON.stringify(this.out + this.err)}`, found);
  }

  /** @returns its exit code */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#child.kill(signal);
    await this.#exited;
    return this.#child.exitCode;
  }
}
