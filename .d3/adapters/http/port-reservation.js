import { createServer } from 'node:net';
/**
 * Addresses that nobody else holds or can take, until they are let go. Whoever shares a port makes sure of that first:
 * two services that both share it would each get a part of the other's clients, silently.
 */
export class PortReservation {
    /** Those that were asked for; port 0 has become the port that was free. */
    addresses;
    #servers;
    constructor(addresses, servers) {
        this.addresses = addresses;
        this.#servers = servers;
    }
    /** @throws Error that names the address and the reason */
    static async make(wanted) {
        const [addresses, servers] = [[], []];
        const reservation = new PortReservation(addresses, servers);
        try {
            for (const address of wanted) {
                const server = await hold(address);
                servers.push(server);
                const bound = server.address();
                addresses.push({ ...address, port: typeof bound === 'object' && bound !== null ? bound.port : address.port });
            }
        }
        catch (error) {
            reservation.release();
            throw error;
        }
        return reservation;
    }
    /** The addresses are free when this returns: who binds in this turn leaves no other in this process the time to. */
    release() {
        for (const server of this.#servers)
            server.close();
    }
}
function hold(address) {
    const { host, port } = address;
    const server = createServer();
    return new Promise((resolve, reject) => {
        server.once('error', (error) => reject(cannotListen(address, error)));
        server.listen({ port, exclusive: true, ...(host === '' ? {} : { host }) }, () => resolve(server));
    });
}
/**
 * Makes sure that nobody holds the addresses. Port 0 becomes a port that was free.
 *
 * @throws Error that names the address and the reason
 */
export async function findFree(addresses) {
    const reservation = await PortReservation.make(addresses);
    reservation.release();
    return [...reservation.addresses];
}
export function cannotListen(address, reason) {
    const why = typeof reason === 'string' ? reason : (reason.code ?? reason.message);
    return new Error(`cannot listen on ${formatAddresses([address])}: ${why}`);
}
/** As the configuration writes it. */
export function formatAddresses(addresses) {
    return addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}
//# sourceMappingURL=port-reservation.js.map