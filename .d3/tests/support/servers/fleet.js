import { MemoryTelemetry } from "../../../adapters/memory/memory-telemetry.js";
import { NATS_LOSSES } from "../../../adapters/nats/nats-labels.js";
import { TOKENS } from "../../../infrastructure/container.js";
import { eventually } from "../eventually.js";
import { Ledger } from "../clients/ledger.js";
import { startService } from "./running-service.js";
import { StreamClient } from "../clients/stream-client.js";
import { TcpProxy } from "./tcp-proxy.js";
const CEILING_MS = 30_000;
/** A service of this process on a real NATS, with a network of its own between the two. */
export class Instance {
    service;
    proxy;
    subscribers = [];
    constructor(service, proxy) {
        this.service = service;
        this.proxy = proxy;
    }
    static async start(natsPort, environment = {}) {
        const proxy = await TcpProxy.start(natsPort);
        const service = await startService({ UPDATE_LOG: 'nats', NATS_URL: proxy.url, ...environment }, (container) => {
            container.rebind(TOKENS.telemetry).toConstantValue(new MemoryTelemetry());
        });
        return new Instance(service, proxy);
    }
    get port() {
        return this.service.port;
    }
    get telemetry() {
        return this.service.container.get(TOKENS.telemetry);
    }
    async status(path) {
        const answer = await fetch(this.service.url(path));
        await answer.arrayBuffer();
        return answer.status;
    }
    async subscribe(environment) {
        const subscriber = await StreamClient.open(this.port, environment);
        this.subscribers.push(subscriber);
        return subscriber;
    }
    ready(ceilingMs = CEILING_MS) {
        return eventually('the instance is ready', async () => (await this.status('/readyz')) === 200, ceilingMs);
    }
    losses(reason) {
        return NATS_LOSSES.filter((known) => reason === undefined || known === reason).reduce((sum, known) => sum + this.telemetry.count(`epochLost.${known}`), 0);
    }
    /** Waits until it has noticed, and lost its epoch for this reason. */
    async loses(reason) {
        const before = this.losses(reason);
        await eventually(`an epoch is lost: ${reason}`, () => this.losses(reason) > before, CEILING_MS);
    }
    async close() {
        for (const subscriber of this.subscribers)
            subscriber.close();
        await this.service.stop();
        await this.proxy.close();
    }
}
/** Two instances that are ready, a subscriber at each, and the book of what was posted. */
export async function startPair(natsPort, closing) {
    const [a, b] = await Promise.all([Instance.start(natsPort), Instance.start(natsPort)]);
    closing.push(a, b);
    await Promise.all([a.ready(), b.ready()]);
    const ledger = new Ledger('home');
    const subscribers = [await a.subscribe('home'), await b.subscribe('home')];
    return { a, b, subscribers, ledger };
}
//# sourceMappingURL=fleet.js.map