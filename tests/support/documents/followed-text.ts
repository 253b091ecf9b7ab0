import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type CodeBlock, withChange } from './code-blocks.ts';

const run = promisify(execFile);

/** A folder in which somebody does what a document says. */
export class FollowedText {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  /** @param environment beside the variables of this process */
  constructor(folder: string, environment: NodeJS.ProcessEnv = {}) {
    this.folder = folder;
    // What npm hands to its scripts would make another npm work in this repository.
    const own = Object.entries(process.env).filter(([name]) => !/^(init_cwd|npm_(?!config_))/i.test(name));
    this.#environment = { ...Object.fromEntries(own), ...environment };
  }

  /** Writes and changes the files of the blocks. Commands and what is printed are passed over. */
  async write(blocks: readonly CodeBlock[]): Promise<void> {
    for (const block of blocks) {
      if (block.path === '') continue;
      const path = join(this.folder, block.path);
      await mkdir(dirname(path), { recursive: true });
      const text = block.language === 'diff' ? withChange(await readFile(path, 'utf8'), block) : block.text;
      await writeFile(path, text);
    }
  }

  /** @throws Error with what the commands wrote, when one fails */
  async run(commands: string): Promise<string> {
    const options = { cwd: this.folder, env: this.#environment };
    return run('sh', ['-e', '-c', commands], options).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => {
        throw new Error(`${commands}fails:\n${stdout}${stderr}`);
      },
    );
  }

  /** Starts what goes on until it is stopped, and waits until it has written what is looked for. */
  async start(commands: string, lookedFor: RegExp): Promise<{ readonly found: string; stop(): Promise<void> }> {
    const options = { cwd: this.folder, env: this.#environment, detached: true } as const;
    const child = spawn('sh', ['-e', '-c', commands], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit');
    const stop = async (): Promise<void> => {
      // The group is of our making: the shell, npm, and the program.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await exited;
    };
    try {
      return { found: await outputOf(child, lookedFor), stop };
    } catch (error) {
      await stop();
      throw error;
    }
  }
}

function outputOf(child: ChildProcess, lookedFor: RegExp): Promise<string> {
  let written = '';
  return new Promise((resolve, reject) => {
    const take = (bytes: Buffer): void => {
      written += bytes.toString();
      const found = lookedFor.exec(written);
      if (found !== null) resolve(found[1] ?? found[0]);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('exit', () => reject(new Error(`it ended before it wrote ${String(lookedFor)}:\n${written}`)));
  });
}
