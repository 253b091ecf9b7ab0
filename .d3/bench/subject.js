import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SERVER_CORE } from "./machine.js";
import { MeasuredProcess } from "./measured-process.js";
import { freePort } from "../tests/support/servers/free-port.js";
import { prepareNchan } from "./rivals/nchan.js";
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
export const KEEP_ALIVE_SECONDS = 15;
export const TOKEN = 'bench-token';
export const SUBJECTS = ['limit', 'halyard', 'nchan', 'node-http', 'better-sse'];
export const TITLES = {
    limit: 'bare epoll loop in C',
    halyard: 'Halyard',
    nchan: 'nginx + nchan',
    'node-http': 'plain node:http',
    'better-sse': 'better-sse on node:http',
};
export async function startSubject(name, options) {
    const port = options.port ?? (await freePort());
    const core = options.core === 'any' ? undefined : (options.core ?? SERVER_CORE);
    const rival = (program) => [
        process.execPath,
        at(program),
        String(port),
        String(KEEP_ALIVE_SECONDS),
    ];
    let command;
    let env = {};
    let cleanUp = async () => undefined;
    switch (name) {
        case 'limit':
            if (options.limit === undefined)
                throw new Error('there is no C compiler for the bare loop');
            command = [options.limit, String(port), String(KEEP_ALIVE_SECONDS)];
            break;
        case 'halyard':
            command = [process.execPath, ...(options.execArgv ?? []), at('../infrastructure/main.js')];
            env = {
                LISTEN_ADDR: `127.0.0.1:${port}`,
                UPDATE_LOG: 'memory',
                SSE_AUTHENTICATION_TOKEN: TOKEN,
                KEEP_ALIVE_SECONDS: String(KEEP_ALIVE_SECONDS),
                LOG_LEVEL: 'warn',
                DRAIN_SECONDS: '0',
                ...options.env,
            };
            break;
        case 'nchan': {
            const nchan = await prepareNchan(port, KEEP_ALIVE_SECONDS);
            ({ command, env } = nchan);
            cleanUp = () => nchan.remove();
            break;
        }
        case 'node-http':
            command = rival('./rivals/plain-http.js');
            break;
        case 'better-sse':
            command = rival('./rivals/better-sse.js');
            break;
    }
    const measured = MeasuredProcess.start(TITLES[name], command, { core, env });
    await measured.isUp(name === 'halyard' ? () => isReady(port) : () => accepts(port));
    const stop = async () => {
        await measured.kill();
        await cleanUp();
    };
    return { name, port, process: measured, stop };
}
async function isReady(port) {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
}
function accepts(port) {
    return new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1' });
        socket.once('connect', () => {
            socket.destroy();
            resolve(true);
        });
        socket.once('error', () => resolve(false));
    });
}
//# sourceMappingURL=subject.js.map