import { REASON_PHRASES } from "../answer.js";
import { cannotListen, findFree, PortReservation } from "../port-reservation.js";
import { RequestBody } from "../request-body.js";
import { ABI_WITH_SPLIT_REQUEST_FAULT, loadUws } from "./addon.js";
import { UwsStreamSocket } from "./stream-socket.js";
/** The addon's default, for which it exports no name. */
const SHARED_PORT = 0;
/**
 * The addon lets 512 connections wait to be accepted. When all clients of an instance come back at once, those beyond
 * are dropped and try again after one and three seconds, so a port has several sockets that each let 512 wait. Processes
 * that share a port have one each: a socket that closes resets those that wait at it, while others could serve them.
 */
const SOCKETS_OF_A_PORT = 16;
/** HTTP/1.1 on uWebSockets.js: the fast transport. */
export class UwsServer {
    #options;
    #routes;
    #logger;
    #uws;
    #app;
    /** The sockets of each address. */
    #listening = [];
    constructor(options, routes, logger) {
        this.#options = options;
        this.#routes = routes;
        this.#logger = logger;
    }
    get ports() {
        return this.#listening.flatMap((sockets) => sockets.slice(0, 1).map((socket) => this.#uws?.us_socket_local_port(socket) ?? 0));
    }
    async listen() {
        const uws = loadUws();
        if (process.versions.modules === ABI_WITH_SPLIT_REQUEST_FAULT)
            this.#logger.warn('uws_build_has_known_fault', {
                fault: 'a request line that is split across TCP segments may be answered with 505',
                remedy: 'run on Node 24',
            });
        this.#uws = uws;
        this.#app = uws.App();
        this.#app.filter((connection, change) => this.#capConnections(connection, Number(change)));
        this.#app.any('/*', (response, request) => this.#routes.handle(new UwsExchange(response, request)));
        for (const address of this.#options.addresses)
            await this.#bind(this.#app, address);
    }
    stopListening() {
        for (const socket of this.#listening.flat())
            this.#uws?.us_listen_socket_close(socket);
        this.#listening.length = 0;
    }
    /** What was written is with the kernel already. */
    async close() {
        this.#listening.length = 0;
        this.#app?.close();
    }
    async #bind(app, address) {
        const { sharePort } = this.#options;
        // The addon shares no port that it was to choose itself, so that one is chosen here too.
        const reservation = sharePort && address.port !== 0 ? undefined : await PortReservation.make([address]);
        const [{ host, port } = address] = reservation?.addresses ?? [];
        const sockets = [];
        this.#listening.push(sockets);
        // The first socket is bound in this turn. A second service that starts now finds the port held by one or the other,
        // unless all of its own probe falls between these two system calls.
        reservation?.release();
        for (let bound = 0; bound < (sharePort ? 1 : SOCKETS_OF_A_PORT); bound++) {
            const socket = await listenOn(app, host, port);
            if (socket === false)
                throw await whyNot({ host, port });
            sockets.push(socket);
        }
    }
    #capConnections(connection, change) {
        if (change < 0)
            this.#options.connections.closed();
        else if (!this.#options.connections.opened())
            connection.close();
    }
}
function listenOn(app, host, port) {
    return new Promise((resolve) => {
        if (host === '')
            app.listen(port, SHARED_PORT, resolve);
        // The addon takes the options after the port here too, which its type declarations leave out.
        else
            app.listen.bind(app)(host, port, SHARED_PORT, resolve);
    });
}
/** The addon does not say why it cannot bind; Node does. */
async function whyNot(address) {
    return findFree([address]).then(() => cannotListen(address, 'it was in use until now'), (reason) => reason);
}
class UwsExchange {
    method;
    path;
    #response;
    #request;
    #state = 'open';
    #gone;
    constructor(response, request) {
        this.method = request.getCaseSensitiveMethod();
        this.path = request.getUrl();
        this.#response = response;
        this.#request = request;
        response.onAborted(() => {
            this.#state = 'gone';
            this.#gone?.();
        });
    }
    get isGone() {
        return this.#state === 'gone';
    }
    header(name) {
        return this.#request.getHeader(name);
    }
    headerLines(name) {
        const values = [];
        this.#request.forEach((header, value) => {
            if (header === name)
                values.push(value);
        });
        return values.join();
    }
    /** The socket's own: the addon reads the PROXY protocol from any client, which can write any address in it. */
    peerAddress() {
        return Buffer.from(this.#response.getRemoteAddressAsText()).toString('latin1');
    }
    contentLengths() {
        let lengths = 0;
        this.#request.forEach((name) => {
            if (name === 'content-length')
                lengths++;
        });
        return lengths;
    }
    readBody(limitBytes, take) {
        let body;
        let isOver = false;
        this.#response.onData((chunk, isLast) => {
            if (isOver)
                return;
            isOver = isLast;
            // Most come whole. The memory behind a chunk is the parser's again when this returns.
            if (isLast && body === undefined && chunk.byteLength <= limitBytes)
                return take(Buffer.from(chunk));
            body ??= new RequestBody(limitBytes);
            if (!body.add(new Uint8Array(chunk))) {
                isOver = true;
                take('too_large');
            }
            else if (isLast)
                take(body.bytes);
        });
    }
    answer({ status, headers, body, close = false }) {
        if (this.#state !== 'open')
            return;
        this.#state = 'answered';
        const response = this.#response;
        response.cork(() => {
            response.writeStatus(headOf(status, headers));
            if (this.method === 'HEAD')
                response.endWithoutBody(Buffer.byteLength(body), close);
            else if (status === 204)
                response.endWithoutBody();
            else
                response.end(body, close);
        });
    }
    onGone(callback) {
        this.#gone = callback;
    }
    beginStream({ headers, firstBytes, keepAlive }) {
        const response = this.#response;
        // The handler's own cork holds these, and the newest update after them, together in one segment.
        response.writeStatus(headOf(200, headers));
        response.writeHeader('Connection', 'keep-alive');
        const socket = new UwsStreamSocket(response, keepAlive);
        this.#gone = () => socket.gone();
        socket.write(firstBytes);
        return socket;
    }
}
/** The lines of headers, most of which are constants. */
const linesOf = new WeakMap();
/**
 * The status line and the headers as one text, which the addon writes as it is: to hand it each header by itself
 * would show in the rate of POSTs. No value of ours comes from a request.
 */
function headOf(status, headers) {
    let lines = linesOf.get(headers);
    if (lines === undefined) {
        lines = headers.map(([name, value]) => `\r\n${name}: ${value}`).join('');
        linesOf.set(headers, lines);
    }
    return `${status} ${REASON_PHRASES[status]}${lines}`;
}
//# sourceMappingURL=server.js.map