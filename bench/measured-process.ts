import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick. */
const TICK_US = 10_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// Without this, a Ctrl-C would leave servers running that occupy a core.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export interface Usage {
  readonly cpuUs: number;
  readonly atUs: number;
}

/** A process and its children, on their own core, with the kernel's figures for them. */
export class MeasuredProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = '';

  private constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output = (this.#output + text).slice(-4000)));
  }

  /** @param core undefined: wherever the kernel puts it */
  static start(
    name: string,
    command: readonly string[],
    options: { readonly core: number | undefined; readonly env?: NodeJS.ProcessEnv },
  ): MeasuredProcess {
    const [program = '', ...args] =
      options.core === undefined ? command : ['taskset', '-c', String(options.core), ...command];
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return new MeasuredProcess(child, name);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits until it answers. */
  async isUp(answers: () => Promise<boolean>): Promise<void> {
    const endsMs = performance.now() + 30_000;
    while (!(await answers().catch(() => false))) {
      if (this.hasEnded) throw new Error(`${this.#name} ended: ${this.#output}`);
      if (performance.now() > endsMs) throw new Error(`${this.#name} does not answer: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Processor time of the whole tree, user and system. */
  usage(): Usage {
    let cpuUs = 0;
    for (const pid of this.#tree()) {
      const [user, system] = statFields(pid, 14, 15);
      cpuUs += ((user ?? 0) + (system ?? 0)) * TICK_US;
    }
    return { cpuUs, atUs: performance.now() * 1000 };
  }

  /** Resident bytes of the whole tree; a page that several processes share is counted once. */
  residentBytes(): number {
    let bytes = 0;
    for (const pid of this.#tree()) {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      bytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
    }
    return bytes;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const exited = once(this.#child, 'exit');
    for (const pid of this.#tree().reverse()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in the meantime.
      }
    }
    await exited;
  }

  #tree(): number[] {
    const children = new Map<number, number[]>();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const [parent] = statFields(Number(name), 4);
      if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }
    const tree = [this.pid];
    for (const pid of tree) tree.push(...(children.get(pid) ?? []));
    return tree;
  }
}

/** Fields of `/proc/PID/stat` by their number in the manual. The name in parentheses may contain blanks. */
function statFields(pid: number, ...numbers: number[]): (number | undefined)[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return numbers.map((number) => Number(fields[number - 3]));
  } catch {
    return [];
  }
}
