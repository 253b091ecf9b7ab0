import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../eventually.ts';

const run = promisify(execFile);

/** The machine's own curl, as people use it. */
export class Curl {
  readonly #child: ChildProcess;
  output = '';
  exitCode: number | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.on('exit', (code) => (this.exitCode = code ?? -1));
  }

  /** @throws Error with what to install, if there is no curl, or one without HTTP/2 */
  static async start(...args: readonly string[]): Promise<Curl> {
    const version = await run('curl', ['--version']).catch(() => ({ stdout: '' }));
    if (!/^Features:.*\bHTTP2\b/m.test(version.stdout))
      throw new Error('this test needs curl with HTTP/2 on the PATH; Debian has it: apt-get install curl');
    return new Curl(spawn('curl', ['--silent', '--show-error', '--no-buffer', '--insecure', ...args]));
  }

  async shows(text: string): Promise<void> {
    await eventually(`curl to show "${text}"; it shows:\n${this.output}`, () => this.output.includes(text));
  }

  async exited(): Promise<number> {
    await eventually(`curl to end; it shows:\n${this.output}`, () => this.exitCode !== undefined, 30_000);
    return this.exitCode ?? -1;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
