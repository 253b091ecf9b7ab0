import { connect } from '@nats-io/transport-node';
import { isIP } from 'node:net';
import { readNatsFiles } from "./nats-files.js";
import { findServer, shuffled } from "./server-info.js";
/** The client's own default of 20 s lost 25 s after a network that swallows packets. */
const DIAL_TIMEOUT_MS = 3000;
/** Two that are not answered end a connection, so that a network which swallows everything is noticed in 15 s. */
const PING_INTERVAL_MS = 5000;
/** More nodes than a cluster has; of more, any will do to find back. */
const MAX_GOSSIPED = 64;
/**
 * Dials NATS, one life for each connection: the client's own reconnecting is off. What it buffers while it is down
 * would be published on its return, however late, and undo whatever was stored in between; here a lost connection
 * takes everything with it that was in flight. And the errors of its first connect would reach nobody.
 *
 * `nats://` is in clear text unless the server requires TLS. With `tls://`, or files for TLS, it never is.
 */
export class Dialer {
    #address;
    #files;
    #surroundings;
    /** Nodes of the cluster that the servers named, so that we find back when those of the URL are gone. */
    #gossiped = [];
    constructor(address, files, surroundings) {
        this.#address = address;
        this.#files = files;
        this.#surroundings = surroundings;
    }
    /** @throws why no server could be used: files, not reached, not NATS, TLS, credentials */
    async dial() {
        const identity = readNatsFiles(this.#files);
        if ('invalid' in identity)
            throw new Error(identity.invalid.map(({ name, what }) => `${name} ${what}`).join('; '));
        const { clock, random } = this.#surroundings;
        const servers = shuffled([...new Set([...this.#address.servers, ...this.#gossiped])], random);
        const server = await findServer(servers, { timeoutMs: DIAL_TIMEOUT_MS, clock, random });
        const isSecure = this.#address.tls || identity.tls !== undefined || server.tlsRequired;
        // Certificates are for names, and gossip is of addresses: with TLS only the servers of the URL are dialled.
        if (!isSecure)
            this.#gossiped = server.others.slice(0, MAX_GOSSIPED);
        return connect({
            name: 'halyard',
            servers: [server.listen],
            reconnect: false,
            ignoreClusterUpdates: true,
            timeout: DIAL_TIMEOUT_MS,
            pingInterval: PING_INTERVAL_MS,
            maxPingOut: 2,
            // Half as many publishes a second again: no stack is recorded for each request.
            noAsyncTraces: true,
            ...credentialsFor(this.#address.credentials, identity),
            // Null and not undefined: with that the client would take TLS where it is only offered, and check a name for it.
            tls: isSecure ? tlsFor(server.host, identity) : null,
        });
    }
}
/** A server that still answers a ping has only refused or delayed a request: its connection is worth keeping. */
export async function answersPing(connection, timeoutMs, clock) {
    return new Promise((resolve) => {
        const timer = clock.after(timeoutMs, () => resolve(false));
        const settle = (answered) => {
            timer.cancel();
            resolve(answered);
        };
        connection.flush().then(() => settle(true), () => settle(false));
    });
}
function credentialsFor(credentials, { authenticator }) {
    if (authenticator !== undefined)
        return { authenticator };
    if (credentials?.kind === 'token')
        return { token: credentials.token };
    return credentials === undefined ? {} : { user: credentials.user, pass: credentials.pass };
}
function tlsFor(host, { tls }) {
    // The client hands these on to Node's TLS as they are. An address has no SNI, but its certificate is checked all the same.
    const options = {
        ...tls,
        host,
        ...(isIP(host) === 0 ? { servername: host } : {}),
    };
    return options;
}
//# sourceMappingURL=connection.js.map