import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from "../eventually.js";
const run = promisify(execFile);
/** The machine's own curl, as people use it. */
export class Curl {
    #child;
    output = '';
    exitCode;
    constructor(child) {
        this.#child = child;
        child.stdout?.setEncoding('utf8').on('data', (text) => (this.output += text));
        child.stderr?.setEncoding('utf8').on('data', (text) => (this.output += text));
        child.on('exit', (code) => (this.exitCode = code ?? -1));
    }
    /** @throws Error that says what to install when there is no curl here, or one without HTTP/2 */
    static async start(...args) {
        const version = await run('curl', ['--version']).catch(() => ({ stdout: '' }));
        if (!/^Features:.*\bHTTP2\b/m.test(version.stdout))
            throw new Error('this test needs curl with HTTP/2 on the PATH; Debian has it: apt-get install curl');
        return new Curl(spawn('curl', ['--silent', '--show-error', '--no-buffer', '--insecure', ...args]));
    }
    async shows(text) {
        await eventually(`curl to show "${text}"; it shows:\n${this.output}`, () => this.output.includes(text));
    }
    async exited() {
        await eventually(`curl to end; it shows:\n${this.output}`, () => this.exitCode !== undefined, 30_000);
        return this.exitCode ?? -1;
    }
    kill() {
        this.#child.kill('SIGKILL');
    }
}
//# sourceMappingURL=curl.js.map