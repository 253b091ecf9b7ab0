/** A private authority, and the files that a nats-server and its clients have from it. */
export declare class NatsIdentityFiles {
    #private;
    constructor();
    path(name: string): string;
    put(name: string, text: string): string;
    /** Puts a pair into files with this name. Without options the certificate is for `localhost` and 127.0.0.1. */
    issue(name: string, options?: {
        readonly names?: readonly string[];
        readonly addresses?: readonly string[];
    }): void;
    /** Another authority takes the place of this one, with new certificates for all. */
    renew(): void;
    /** The server's side. */
    tls(more?: string, name?: string): string;
    get ca(): {
        NATS_CA_FILE: string;
    };
    get client(): {
        NATS_CERT_FILE: string;
        NATS_KEY_FILE: string;
    };
    close(): Promise<void>;
}
