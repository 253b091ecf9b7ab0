import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { LOAD_CORE } from "./machine.js";
let started = 0;
/** The load generator in its process, on its own core. */
export class Load {
    #child;
    /** The command that waits for its answer: there is one at a time. */
    #waiting;
    constructor(child) {
        this.#child = child;
        createInterface({ input: child.stdout }).on('line', (line) => this.#waiting?.resolve(line));
        child.once('exit', () => this.#waiting?.reject(new Error('the load generator ended')));
    }
    /**
     * @param binary the compiled generator
     * @param target how the server is reached; with one environment `name` is its whole name, else numbers follow it
     */
    static async start(binary, target) {
        const child = spawn('taskset', ['-c', String(LOAD_CORE), binary], { stdio: ['pipe', 'pipe', 'inherit'] });
        const load = new Load(child);
        // Each generator has addresses of its own to come from, since the ports of one are some 28,000.
        await load.#command('target', {
            port: target.port,
            name: target.name ?? 'load_test',
            environments: target.environments ?? 1,
            first_source: 1 + 4 * (started++ % 50),
            sources: 4,
        });
        return load;
    }
    open(options) {
        return this.#command('open', options);
    }
    run(options) {
        return this.#command('run', options);
    }
    reset() {
        return this.#command('reset', {});
    }
    /** Waits until every stream has heard this value, or a newer one. */
    settle(value, timeoutMs) {
        return this.#command('settle', { value, timeout_ms: timeoutMs });
    }
    /** Hangs up all connections. */
    close() {
        return this.#command('close', {});
    }
    async end() {
        const exited = once(this.#child, 'exit');
        this.#child.stdin?.end();
        await exited;
    }
    async #command(name, options) {
        const words = Object.entries(options).map(([key, value]) => `${key}=${value}`);
        const line = await new Promise((resolve, reject) => {
            this.#waiting = { resolve, reject };
            this.#child.stdin?.write(`${name} ${words.join(' ')}\n`);
        });
        const report = JSON.parse(line);
        if (report.outcome === 'unknown')
            throw new Error(`the load generator does not know "${name}"`);
        return report;
    }
}
export function percentileMs(histogram, percent) {
    const us = histogram.percentilesUs.find(([point]) => point === percent)?.[1] ?? histogram.maxUs;
    return us / 1000;
}
//# sourceMappingURL=load.js.map