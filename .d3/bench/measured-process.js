import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick. */
const TICK_US = 10_000;
const running = new Set();
process.once('exit', () => {
    for (const child of running)
        child.kill('SIGKILL');
});
// Without this a Ctrl-C would leave servers behind that hold a core.
for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => process.exit(1));
/** A process and its children, on a core of their own, with what the kernel knows of them. */
export class MeasuredProcess {
    #child;
    #name;
    #output = '';
    constructor(child, name) {
        this.#child = child;
        this.#name = name;
        for (const stream of [child.stdout, child.stderr])
            stream?.setEncoding('utf8').on('data', (text) => (this.#output = (this.#output + text).slice(-4000)));
    }
    /** @param core undefined: wherever the kernel puts it */
    static start(name, command, options) {
        const [program = '', ...args] = options.core === undefined ? command : ['taskset', '-c', String(options.core), ...command];
        const child = spawn(program, args, {
            env: { PATH: process.env['PATH'], ...options.env },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        running.add(child);
        child.once('exit', () => running.delete(child));
        return new MeasuredProcess(child, name);
    }
    get pid() {
        return this.#child.pid ?? 0;
    }
    get hasEnded() {
        return this.#child.exitCode !== null || this.#child.signalCode !== null;
    }
    /** Waits until it answers. */
    async isUp(answers) {
        const endsMs = performance.now() + 30_000;
        while (!(await answers().catch(() => false))) {
            if (this.hasEnded)
                throw new Error(`${this.#name} ended: ${this.#output}`);
            if (performance.now() > endsMs)
                throw new Error(`${this.#name} does not answer: ${this.#output}`);
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }
    /** Processor time of the whole tree, user and system. */
    usage() {
        let cpuUs = 0;
        for (const pid of this.#tree()) {
            const [user, system] = statFields(pid, 14, 15);
            cpuUs += ((user ?? 0) + (system ?? 0)) * TICK_US;
        }
        return { cpuUs, atUs: performance.now() * 1000 };
    }
    /** Resident bytes of the whole tree; a page that several processes share is counted once. */
    residentBytes() {
        let bytes = 0;
        for (const pid of this.#tree()) {
            const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
            bytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
        }
        return bytes;
    }
    signal(signal) {
        this.#child.kill(signal);
    }
    async kill() {
        if (this.hasEnded)
            return;
        const exited = once(this.#child, 'exit');
        for (const pid of this.#tree().reverse()) {
            try {
                process.kill(pid, 'SIGKILL');
            }
            catch {
                // It ended in between.
            }
        }
        await exited;
    }
    #tree() {
        const children = new Map();
        for (const name of readdirSync('/proc')) {
            if (!/^\d+$/.test(name))
                continue;
            const [parent] = statFields(Number(name), 4);
            if (parent !== undefined)
                children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
        }
        const tree = [this.pid];
        for (const pid of tree)
            tree.push(...(children.get(pid) ?? []));
        return tree;
    }
}
/** Fields of `/proc/PID/stat` by their number in the manual. The name in parentheses may hold blanks. */
function statFields(pid, ...numbers) {
    try {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return numbers.map((number) => Number(fields[number - 3]));
    }
    catch {
        return [];
    }
}
//# sourceMappingURL=measured-process.js.map