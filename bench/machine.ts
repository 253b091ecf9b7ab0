import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Machine {
  readonly cores: number;
  /** What the report states about it: pairs of a name and a value. */
  readonly facts: readonly (readonly [string, string])[];
}

/** The core of the server under test, and that of the load. They differ, so that their costs can be told apart. */
export const SERVER_CORE = 0;
export const LOAD_CORE = availableParallelism() - 1;

/**
 * @throws Error with what the machine lacks
 */
export async function describeMachine(): Promise<Machine> {
  if (availableParallelism() < 2)
    throw new Error('the bench needs two processors: one for the server, one for the load');
  if ((await version('taskset', ['--version'])) === undefined)
    throw new Error('the bench needs taskset, to pin server and load to cores of their own: install util-linux');
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1];
  return {
    cores: availableParallelism(),
    facts: [
      ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores, ${arch()}`],
      ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
      ['system', `${system ?? 'unknown'}, Linux ${release()}`],
      ['Node.js', `${process.versions.node} (ABI ${process.versions.modules})`],
      ['C compiler', (await version(process.env['CC'] ?? 'cc', ['--version'])) ?? 'none'],
    ],
  };
}

/** The first line of a program's version text; undefined if there is no such program. */
export async function version(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, args);
    return `${stdout}${stderr}`.split('\n', 1)[0]?.trim();
  } catch {
    return undefined;
  }
}
