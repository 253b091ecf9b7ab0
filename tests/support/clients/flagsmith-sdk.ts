import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';

const SCRIPT = fileURLToPath(new URL('../../compat/flagsmith-sdk.process.js', import.meta.url));

/** The names of the JavaScript SDK on npm: until early 2026, and since then. */
export const FLAGSMITH_PACKAGES = ['flagsmith', '@flagsmith/flagsmith'] as const;

/** The real package from npm, in its own process. */
export class FlagsmithSdk {
  readonly #child: ChildProcess;
  #stderr = '';
  /** The flag's value that its application received last; 0 before the first. */
  version = 0;
  /** How often it has loaded flags, whatever was in them. While it loads them it ignores updates. */
  loads = 0;

  /**
   * @param api the base URL of the flags API
   * @param realtime the base URL of the service, with a final slash
   */
  constructor(name: (typeof FLAGSMITH_PACKAGES)[number], api: string, realtime: string, environment: string) {
    this.#child = fork(SCRIPT, [name, api, realtime, environment], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#child.on('message', (version) => {
      this.version = Number(version);
      this.loads++;
    });
  }

  async shows(version: number): Promise<void> {
    await eventually(
      () => `the application to show version ${version}, not ${this.version} ${this.#stderr}`,
      () => this.version === version,
    );
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
