import type { ListenAddress } from './listen-address.ts';
/**
 * Addresses that nobody else holds or can take, until they are let go. Whoever shares a port makes sure of that first:
 * two services that both share it would each get a part of the other's clients, silently.
 */
export declare class PortReservation {
    #private;
    /** Those that were asked for; port 0 has become the port that was free. */
    readonly addresses: readonly ListenAddress[];
    private constructor();
    /** @throws Error that names the address and the reason */
    static make(wanted: readonly ListenAddress[]): Promise<PortReservation>;
    /** The addresses are free when this returns: who binds in this turn leaves no other in this process the time to. */
    release(): void;
}
/**
 * Makes sure that nobody holds the addresses. Port 0 becomes a port that was free.
 *
 * @throws Error that names the address and the reason
 */
export declare function findFree(addresses: readonly ListenAddress[]): Promise<ListenAddress[]>;
export declare function cannotListen(address: ListenAddress, reason: NodeJS.ErrnoException | string): Error;
/** As the configuration writes it. */
export declare function formatAddresses(addresses: readonly ListenAddress[]): string;
