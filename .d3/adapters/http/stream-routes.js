import { parseEnvironmentId } from "../../domain/environment-id.js";
import { error, invalidEnvironment } from "./answer.js";
import { clientAddress } from "./client-address.js";
import { keyIn } from "./environment-path.js";
import { isAnsweredByMethod } from "./methods.js";
import { STREAM_HEADERS, streamHead } from "./sse.js";
const SUFFIX = '/stream';
const METHODS = 'GET, OPTIONS';
const NO_ROOM = {
    full: error(503, 'too_many_subscribers', 'this instance holds as many streams as it may', [['Retry-After', '5']]),
    address: error(503, 'too_many_streams', 'this instance holds as many streams of your address as it may', [
        ['Retry-After', '5'],
    ]),
};
/** Where the SDKs follow an environment. */
export class StreamRoutes {
    #ports;
    constructor(ports) {
        this.#ports = ports;
    }
    handle(exchange) {
        const key = keyIn(exchange.path, SUFFIX);
        if (key === undefined)
            return false;
        if (!isAnsweredByMethod(exchange, METHODS))
            this.#open(exchange, key);
        return true;
    }
    #open(exchange, key) {
        const environment = parseEnvironmentId(key);
        if (environment === undefined)
            return exchange.answer(invalidEnvironment(key));
        const { encoder, random } = this.#ports;
        const client = {
            encoder,
            userAgent: exchange.header('user-agent'),
            lastEventId: exchange.header('last-event-id'),
            address: this.#addressOf(exchange),
        };
        let socket;
        const stream = this.#ports.streams.open(environment, client, () => {
            const { keepAlive } = encoder;
            socket = exchange.beginStream({ headers: STREAM_HEADERS, firstBytes: streamHead(random), keepAlive });
            return socket;
        });
        if (typeof stream === 'string')
            this.#ports.refusals.refuse(exchange, NO_ROOM[stream]);
        else
            socket?.attach(stream);
    }
    #addressOf(exchange) {
        const { trustedProxies } = this.#ports;
        if (trustedProxies === undefined)
            return '';
        return clientAddress(trustedProxies, exchange.peerAddress(), () => exchange.headerLines('x-forwarded-for'));
    }
}
//# sourceMappingURL=stream-routes.js.map