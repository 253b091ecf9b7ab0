import { readConfig } from "../../../infrastructure/config.js";
import { composeService, TOKENS } from "../../../infrastructure/container.js";
export const TOKEN = 'test-token';
/**
 * @param environment variables that differ from a quiet default
 * @param rebind swaps adapters before anything is made
 */
export async function startService(environment = {}, rebind = () => undefined) {
    const config = readConfig({
        LISTEN_ADDR: '127.0.0.1:0',
        UPDATE_LOG: 'memory',
        SSE_AUTHENTICATION_TOKEN: TOKEN,
        LOG_LEVEL: 'silent',
        DRAIN_SECONDS: '0',
        ...environment,
    }, 20_000);
    const container = composeService(config);
    await rebind(container);
    const service = container.get(TOKENS.service);
    await service.start();
    const { ports } = service;
    const port = ports[0] ?? 0;
    const url = (path) => `http://127.0.0.1:${port}${path}`;
    return {
        port,
        ports,
        container,
        get subscribers() {
            return container.get(TOKENS.hub).subscribers;
        },
        url,
        publish: (key, updatedAt) => fetch(url(`/sse/environments/${key}/queue-change`), {
            method: 'POST',
            headers: { Authorization: `Token ${TOKEN}`, 'Content-Type': 'application/json' },
            body: JSON.stringify({ updated_at: updatedAt }),
        }),
        stop: () => service.stop(),
    };
}
/** A change as bytes, for those who speak HTTP/1.1 by themselves. */
export function changeRequest(environment, updatedAt) {
    const body = `{"updated_at":${updatedAt}}`;
    return (`POST /sse/environments/${environment}/queue-change HTTP/1.1\r\nHost: h\r\nAuthorization: Token ${TOKEN}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`);
}
//# sourceMappingURL=running-service.js.map