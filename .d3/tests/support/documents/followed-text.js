import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventually } from "../eventually.js";
import { withChange } from "./code-blocks.js";
/** What takes longer hangs. */
const RUN_MS = 60_000;
/** A folder in which somebody does what a document says. */
export class FollowedText {
    folder;
    #environment;
    /** @param environment beside the variables of this process */
    constructor(folder, environment = {}) {
        this.folder = folder;
        // What npm hands to its scripts would make another npm work in this repository.
        const own = Object.entries(process.env).filter(([name]) => !/^(init_cwd|npm_(?!config_))/i.test(name));
        this.#environment = { ...Object.fromEntries(own), ...environment };
    }
    /** Writes and changes the files of the blocks. Commands and what is printed are passed over. */
    async write(blocks) {
        for (const block of blocks) {
            if (block.path === '')
                continue;
            const path = join(this.folder, block.path);
            await mkdir(dirname(path), { recursive: true });
            const text = block.language === 'diff' ? withChange(await readFile(path, 'utf8'), block) : block.text;
            await writeFile(path, text);
        }
    }
    /** @throws Error with what the commands wrote, when one fails or they take a minute */
    async run(commands) {
        const running = this.#spawn(commands);
        const tooLong = setTimeout(running.stop, RUN_MS);
        const code = await running.exited;
        clearTimeout(tooLong);
        if (code !== 0)
            throw new Error(`this fails:\n${commands}\n${running.output()}`);
        return running.output();
    }
    /** Starts what goes on until it is stopped, and waits until it has written what is looked for. */
    async start(commands, lookedFor) {
        const running = this.#spawn(commands);
        const stop = async () => {
            running.stop();
            await running.exited;
        };
        try {
            const wrote = `${commands} wrote ${String(lookedFor)}`;
            await eventually(wrote, () => running.hasEnded() || lookedFor.test(running.output()), RUN_MS);
            const found = lookedFor.exec(running.output());
            if (found === null)
                throw new Error(`this ends before it is wanted to:\n${commands}\n${running.output()}`);
            return { found: found[1] ?? found[0], stop };
        }
        catch (error) {
            await stop();
            throw error;
        }
    }
    #spawn(commands) {
        const options = { cwd: this.folder, env: this.#environment, detached: true };
        const child = spawn('sh', ['-e', '-c', commands], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
        let [output, hasEnded] = ['', false];
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding('utf8').on('data', (text) => (output += text));
        const exited = once(child, 'close').then(([code]) => {
            hasEnded = true;
            return code;
        });
        return {
            output: () => output,
            hasEnded: () => hasEnded,
            exited,
            // The group is of our making: the shell, npm, and the program.
            stop: () => void (child.pid !== undefined && !hasEnded && process.kill(-child.pid, 'SIGTERM')),
        };
    }
}
//# sourceMappingURL=followed-text.js.map