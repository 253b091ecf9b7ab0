import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackDebianPackage } from "./debian-package.js";
import { eventually } from "../eventually.js";
const running = new Set();
process.once('exit', () => {
    for (const child of running)
        child.kill('SIGKILL');
});
/** A real nginx on a folder of its own. */
export class Nginx {
    #child;
    #dir;
    constructor(child, dir) {
        this.#child = child;
        this.#dir = dir;
    }
    /**
     * @param server the server blocks, as they stand in a file that nginx includes
     * @param port where the configuration has it listen
     */
    static async start(server, port) {
        const root = await unpackDebianPackage({ name: 'nginx' });
        const dir = await mkdtemp(join(tmpdir(), 'halyard-nginx-'));
        const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(dir, kind)};`);
        const config = `
      daemon off; master_process off; pid ${join(dir, 'pid')}; error_log stderr;
      events { }
      http { access_log off; ${temporary.join(' ')} ${server} }`;
        await writeFile(join(dir, 'nginx.conf'), config);
        const child = spawn(join(root, 'usr/sbin/nginx'), ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'], {
            stdio: ['ignore', 'ignore', 'pipe'],
        });
        running.add(child);
        let output = '';
        child.stderr?.on('data', (text) => (output += text.toString()));
        const nginx = new Nginx(child, dir);
        try {
            await eventually('the service to answer through nginx', async () => {
                if (child.exitCode !== null)
                    throw new Error(`nginx ended: ${output}`);
                return (await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined))?.status === 200;
            });
        }
        catch (error) {
            await nginx.stop();
            throw error;
        }
        return nginx;
    }
    async stop() {
        if (this.#child.exitCode === null) {
            const exited = once(this.#child, 'exit');
            this.#child.kill('SIGKILL');
            await exited;
        }
        running.delete(this.#child);
        await rm(this.#dir, { recursive: true, force: true });
    }
}
//# sourceMappingURL=nginx.js.map