import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from "../eventually.js";
import { TOKEN } from "./running-service.js";
const MAIN = fileURLToPath(new URL('../../../infrastructure/main.js', import.meta.url));
/** What has the service load a module of `tests/infrastructure` before its own. */
export function preload(name) {
    return { NODE_OPTIONS: `--import=${new URL(`../../infrastructure/${name}.process.js`, import.meta.url).href}` };
}
/** The service as a process of its own, as a container runs it: it can be killed. */
export class ServiceProcess {
    #child;
    lines = [];
    stderr = '';
    exitCode;
    constructor(child) {
        this.#child = child;
        // A test process that crashes must leave none behind.
        const end = () => void child.kill('SIGKILL');
        process.once('exit', end);
        child.once('exit', () => process.off('exit', end));
        let rest = '';
        child.stdout?.setEncoding('utf8').on('data', (text) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines)
                if (line.startsWith('{'))
                    this.lines.push(JSON.parse(line));
        });
        child.stderr?.setEncoding('utf8').on('data', (text) => (this.stderr += text));
        child.on('exit', (code) => (this.exitCode = code ?? -1));
    }
    /** Starts it, without waiting for anything. */
    static spawn(environment = {}, args = [], { nodeOptions = [], maxFiles, maxMegabytes, stdout } = {}) {
        const limits = [
            ...(maxFiles === undefined ? [] : [`ulimit -n ${maxFiles}`]),
            ...(maxMegabytes === undefined ? [] : [`ulimit -d ${maxMegabytes * 1024}`]),
        ];
        const command = [process.execPath, ...nodeOptions, MAIN, ...args];
        const child = spawn('sh', ['-c', [...limits, 'exec "$@"'].join('; '), 'sh', ...command], {
            env: {
                PATH: process.env['PATH'],
                LISTEN_ADDR: '127.0.0.1:0',
                UPDATE_LOG: 'memory',
                SSE_AUTHENTICATION_TOKEN: TOKEN,
                DRAIN_SECONDS: '0',
                ...environment,
            },
            stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
        });
        return new ServiceProcess(child);
    }
    /** Starts it, and waits until it listens. */
    static async start(environment = {}, options = {}) {
        const service = ServiceProcess.spawn(environment, [], options);
        await service.logged('started');
        return service;
    }
    get pid() {
        return this.#child.pid ?? 0;
    }
    get ports() {
        // The lines of a primary and of its workers come in no order.
        const started = this.lines.find(({ event }) => event === 'started' || event === 'workers_started');
        return started?.['ports'] ?? [];
    }
    get port() {
        return this.ports[0] ?? 0;
    }
    url(path) {
        return `http://127.0.0.1:${this.port}${path}`;
    }
    async logged(event) {
        const line = () => this.lines.find((logged) => logged.event === event);
        await eventually(`the log line "${event}"; stderr: ${this.stderr}`, () => {
            if (this.exitCode !== undefined && line() === undefined)
                throw new Error(`the service ended with ${this.exitCode} before "${event}": ${this.stderr}`);
            return line() !== undefined;
        });
        return line();
    }
    signal(signal) {
        this.#child.kill(signal);
    }
    async exited(ceilingMs = 30_000) {
        await eventually('the service to end', () => this.exitCode !== undefined, ceilingMs);
        return this.exitCode ?? -1;
    }
    /** Ends it, however far it got. */
    async kill() {
        if (this.exitCode === undefined)
            this.#child.kill('SIGKILL');
        await this.exited();
    }
}
//# sourceMappingURL=service-process.js.map