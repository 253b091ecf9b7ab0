/** A publisher that writes the protocol by hand, so that it may send what a client library would refuse to. */
export declare class RawNatsClient {
    #private;
    private constructor();
    static connect(port: number): Promise<RawNatsClient>;
    /** Publishes, and returns when the server has taken it. */
    publish(subject: string, message: string | Uint8Array, headers?: string): Promise<void>;
    close(): Promise<void>;
}
