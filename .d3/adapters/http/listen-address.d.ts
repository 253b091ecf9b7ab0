/** An address to listen on. An empty host is every address of the machine, IPv6 and IPv4. */
export interface ListenAddress {
    readonly host: string;
    readonly port: number;
}
