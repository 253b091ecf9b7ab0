import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventually } from '../eventually.ts';
import { type CodeBlock, withChange } from './code-blocks.ts';

/** A command that takes longer hangs. The compiler takes a minute on a busy machine. */
const RUN_MS = 300_000;

/** A folder in which the steps of a document are carried out. */
export class FollowedText {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  /** @param environment beside the variables of this process */
  constructor(folder: string, environment: NodeJS.ProcessEnv = {}) {
    this.folder = folder;
    // The variables that npm gives to its scripts would make another npm work in this repository.
    const own = Object.entries(process.env).filter(([name]) => !/^(init_cwd|npm_(?!config_))/i.test(name));
    this.#environment = { ...Object.fromEntries(own), ...environment };
  }

  /** Writes and changes the files of the blocks. Commands and their output are skipped. */
  async write(blocks: readonly CodeBlock[]): Promise<void> {
    for (const block of blocks) {
      if (block.path === '') continue;
      const path = join(this.folder, block.path);
      await mkdir(dirname(path), { recursive: true });
      const text = block.language === 'diff' ? withChange(await readFile(path, 'utf8'), block) : block.text;
      await writeFile(path, text);
    }
  }

  /** @throws Error with what the commands wrote, if one fails or they hang */
  async run(commands: string): Promise<string> {
    const running = this.#spawn(commands);
    const tooLong = setTimeout(running.stop, RUN_MS);
    const code = await running.exited;
    clearTimeout(tooLong);
    if (code !== 0) throw new Error(`this fails:\n${commands}\n${running.output()}`);
    return running.output();
  }

  /** Starts a command that runs until it is stopped, and waits until it has written the expected text. */
  async start(commands: string, lookedFor: RegExp): Promise<{ readonly found: string; stop(): Promise<void> }> {
    const running = this.#spawn(commands);
    const stop = async (): Promise<void> => {
      running.stop();
      await running.exited;
    };
    try {
      const wrote = `${commands} wrote ${String(lookedFor)}`;
      await eventually(wrote, () => running.hasEnded() || lookedFor.test(running.output()), RUN_MS);
      const found = lookedFor.exec(running.output());
      if (found === null) throw new Error(`this ended too early:\n${commands}\n${running.output()}`);
      return { found: found[1] ?? found[0], stop };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  #spawn(commands: string): Running {
    const options = { cwd: this.folder, env: this.#environment, detached: true } as const;
    const child = spawn('sh', ['-e', '-c', commands], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, hasEnded] = ['', false];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const exited = once(child, 'close').then(([code]: unknown[]) => {
      hasEnded = true;
      return code;
    });
    return {
      output: () => output,
      hasEnded: () => hasEnded,
      exited,
      // The process group is our own: the shell, npm, and the program.
      stop: () => void (child.pid !== undefined && !hasEnded && process.kill(-child.pid, 'SIGTERM')),
    };
  }
}

interface Running {
  readonly output: () => string;
  readonly hasEnded: () => boolean;
  /** Its exit code; null after a signal. */
  readonly exited: Promise<unknown>;
  readonly stop: () => void;
}
