import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from "../eventually.js";
const SCRIPT = fileURLToPath(new URL('../../compat/flagsmith-sdk.process.js', import.meta.url));
/** The real `flagsmith` package from npm, in a process of its own. */
export class FlagsmithSdk {
    #child;
    #stderr = '';
    /** The flag's value that its application was last told; 0 before the first. */
    version = 0;
    /**
     * @param api the base URL of the flags API
     * @param realtime the base URL of the service, with a slash at its end
     */
    constructor(api, realtime, environment) {
        this.#child = fork(SCRIPT, [api, realtime, environment], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
        this.#child.stderr?.setEncoding('utf8').on('data', (text) => (this.#stderr += text));
        this.#child.on('message', (version) => (this.version = Number(version)));
    }
    async shows(version) {
        await eventually(() => `the application to show version ${version}, not ${this.version} ${this.#stderr}`, () => this.version === version);
    }
    stop() {
        this.#child.kill('SIGKILL');
    }
}
//# sourceMappingURL=flagsmith-sdk.js.map