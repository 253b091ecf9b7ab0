import type { Clock } from '../../application/ports/clock.ts';
/** One address of a server that answers, and what its INFO line says: NATS sends it first. */
export interface ServerInfo {
    /** `host:port` with a literal address: what the client dials. */
    readonly listen: string;
    /** The name in the URL (or its literal address), which the server's certificate has to bear. */
    readonly host: string;
    readonly tlsRequired: boolean;
    /** Other nodes of the cluster, as `host:port`. */
    readonly others: readonly string[];
}
export interface SearchOptions {
    /** For each address. */
    readonly timeoutMs: number;
    readonly clock: Clock;
    readonly random: () => number;
}
/**
 * Finds a server that answers, before the client dials it. The client gives up on a silent server after its
 * timeout but keeps the socket: a hung NATS would cost a file descriptor with every attempt. It also checks the
 * certificate of a literal address against `localhost`, and has to know beforehand that a server wants TLS.
 *
 * @param servers `host:port` each, in the order in which they are tried
 * @throws the last server's reason, which holds host and port at most
 */
export declare function findServer(servers: readonly string[], options: SearchOptions): Promise<ServerInfo>;
type Info = Pick<ServerInfo, 'tlsRequired' | 'others'>;
/** Undefined for what the client would choke on: it wants a version, and a bound for what is published. */
export declare function parseInfo(line: string): Info | undefined;
export declare function shuffled<T>(list: readonly T[], random: () => number): T[];
export {};
