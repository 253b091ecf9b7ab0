import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackage } from "./debian-package.js";
import { freePort } from "./free-port.js";
import { eventually } from "../eventually.js";
const run = promisify(execFile);
const running = new Set();
process.once('exit', () => {
    for (const child of running)
        child.kill('SIGKILL');
});
async function binary(name) {
    return join(await unpackDebianPackage({ name: 'prometheus' }), 'usr/bin', name);
}
/**
 * Runs Prometheus's own checker.
 *
 * @returns what it printed
 * @throws Error with what it printed, when it found something
 */
export async function promtool(args, input = '') {
    const running = run(await binary('promtool'), [...args]);
    running.child.stdin?.end(input);
    try {
        const { stdout, stderr } = await running;
        return stdout + stderr;
    }
    catch (error) {
        const { stdout, stderr } = error;
        throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
    }
}
/** A real Prometheus with a store of its own, that scrapes one target many times a second. */
export class Prometheus {
    #child;
    #dir;
    #port;
    #output = '';
    constructor(child, dir, port) {
        this.#child = child;
        this.#dir = dir;
        this.#port = port;
        running.add(child);
        child.stderr?.on('data', (text) => (this.#output += text.toString()));
    }
    /** @param target `host:port` of the service */
    static async start(target, rulesFile) {
        const dir = await mkdtemp(join(tmpdir(), 'halyard-prometheus-'));
        const config = {
            global: { scrape_interval: '200ms', evaluation_interval: '200ms' },
            rule_files: [rulesFile],
            scrape_configs: [{ job_name: 'halyard', metrics_path: '/metricsz', static_configs: [{ targets: [target] }] }],
        };
        // JSON is YAML.
        await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config));
        const port = await freePort();
        const args = [
            `--config.file=${join(dir, 'prometheus.yml')}`,
            `--storage.tsdb.path=${join(dir, 'data')}`,
            `--web.listen-address=127.0.0.1:${port}`,
        ];
        const prometheus = new Prometheus(spawn(await binary('prometheus'), args, { stdio: ['ignore', 'ignore', 'pipe'] }), dir, port);
        try {
            await eventually('Prometheus to be ready', async () => {
                if (prometheus.#child.exitCode !== null)
                    throw new Error(`Prometheus ended: ${prometheus.#output}`);
                return (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.status === 200;
            }, 60_000);
        }
        catch (error) {
            await prometheus.stop();
            throw error;
        }
        return prometheus;
    }
    async query(expression) {
        const data = await this.#api(`query?query=${encodeURIComponent(expression)}`);
        return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    }
    /** The alerts that were loaded, with their health by Prometheus's own account. */
    async rules() {
        const data = await this.#api('rules');
        return data.groups.flatMap((group) => group.rules);
    }
    async stop() {
        if (this.#child.exitCode === null && this.#child.signalCode === null) {
            const exited = once(this.#child, 'exit');
            this.#child.kill('SIGKILL');
            await exited;
        }
        running.delete(this.#child);
        await rm(this.#dir, { recursive: true, force: true });
    }
    async #api(path) {
        const answer = (await (await fetch(`http://127.0.0.1:${this.#port}/api/v1/${path}`)).json());
        if (answer.status !== 'success')
            throw new Error(`Prometheus refuses ${path}: ${answer.error}`);
        return answer.data;
    }
}
//# sourceMappingURL=prometheus.js.map