import { SystemClock } from "../../adapters/system/system-clock.js";
import { readConfig, VARIABLES } from "../config.js";
import { TOKENS } from "../container.js";
import { fileVariable } from "../secret-files.js";
import { embedService } from "./embedded-service.js";
import { LiveStepClock } from "./live-step-clock.js";
import { StartedHalyard } from "./started-halyard.js";
const TOKEN = 'test-token';
/** Variables that are not the caller's to set, and why. */
const SET_HERE = new Map([
    ['LISTEN_ADDR', 'the options `host` and `port` say where it listens'],
    ['HTTP1_TRANSPORT', 'the option `transport` says what serves HTTP'],
    ['UPDATE_LOG', 'it runs on the embedded log'],
    ['WORKERS', 'it runs in this process'],
]);
/** Addresses that mean all of the machine's are no addresses to connect to. */
const EVERY_ADDRESS = ['', '0.0.0.0', '::'];
export async function startHalyard(options = {}) {
    const { host = '127.0.0.1', clock: time = 'system' } = options;
    if (time !== 'system' && time !== 'stepped')
        throw new Error(`clock must be system or stepped, not ${String(time)}`);
    const config = configOf(options, host);
    const stepped = time === 'stepped' ? new LiveStepClock(Date.now()) : undefined;
    const clock = stepped ?? new SystemClock();
    const { container, log } = embedService(config, clock);
    const service = container.get(TOKENS.service);
    await service.start();
    const reached = EVERY_ADDRESS.includes(host) ? '127.0.0.1' : host;
    const halyard = new StartedHalyard(`http://${bracketed(reached)}:${service.ports[0]}`, config.tokens[0] ?? TOKEN, {
        service,
        log,
        clock,
        stepped,
        hub: container.get(TOKENS.hub),
        changes: container.get(TOKENS.changes),
        health: container.get(TOKENS.health),
    });
    await halyard.untilReady();
    return halyard;
}
function configOf({ environment = {}, transport = 'uws', port = 0 }, host) {
    const known = VARIABLES.flatMap(({ name, secret = false }) => (secret ? [name, fileVariable(name)] : name));
    for (const [name, value] of Object.entries(environment)) {
        const why = SET_HERE.get(name);
        if (why !== undefined)
            throw new Error(`${name} cannot be set in a test: ${why}`);
        if (!known.includes(name))
            throw new Error(`the service has no variable ${name}; it has ${known.join(', ')}`);
        if (typeof value !== 'string')
            throw new Error(`${name} must be a string, as in an environment, not ${value}`);
    }
    return readConfig({
        LOG_LEVEL: 'silent',
        DRAIN_SECONDS: '0',
        ...('SSE_AUTHENTICATION_TOKEN_FILE' in environment ? {} : { SSE_AUTHENTICATION_TOKEN: TOKEN }),
        ...environment,
        LISTEN_ADDR: `${bracketed(host)}:${port}`,
        HTTP1_TRANSPORT: transport,
        UPDATE_LOG: 'memory',
    });
}
function bracketed(host) {
    return host.includes(':') ? `[${host}]` : host;
}
//# sourceMappingURL=start-halyard.js.map