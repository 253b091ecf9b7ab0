import { HeldRefusals } from "../../../adapters/http/held-refusals.js";
import { Routes } from "../../../adapters/http/routes.js";
import { SseEncoder } from "../../../adapters/http/sse.js";
import { StreamRoutes } from "../../../adapters/http/stream-routes.js";
import { SystemClock } from "../../../adapters/system/system-clock.js";
/** A transport on a free port, without a service behind it: its streams are the test's. */
export async function serveSockets(makeListener, connect) {
    let held;
    const streams = {
        open: (_environment, _client, begin) => {
            const reported = { drained: 0, gone: 0 };
            held = { socket: begin(), reported };
            return { drained: () => void reported.drained++, gone: () => void reported.gone++ };
        },
    };
    const listener = makeListener(new Routes([
        new StreamRoutes({
            streams,
            encoder: new SseEncoder('environment_updated'),
            trustedProxies: undefined,
            refusals: new HeldRefusals(0, new SystemClock()),
            random: Math.random,
        }),
    ]));
    await listener.listen();
    const peers = [];
    return {
        open: async () => {
            held = undefined;
            const peer = await connect(listener.ports[0] ?? 0);
            peers.push(peer);
            if (held === undefined)
                throw new Error('the transport opened no stream');
            return { ...held, peer };
        },
        close: async () => {
            for (const peer of peers)
                peer.vanish();
            listener.stopListening();
            await listener.close();
        },
    };
}
//# sourceMappingURL=served-socket-world.js.map