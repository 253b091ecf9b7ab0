/** A TCP client that sends what it is told, byte for byte, and keeps what it receives. */
export declare class RawClient {
    #private;
    /** How the connection ended: by a FIN, by a reset, or not yet. */
    ending: 'open' | 'ended' | 'reset';
    private constructor();
    /** @param options `keeps`: bytes after which no more is kept of what is received; `from`: our own address */
    static connect(port: number, host?: string, options?: {
        readonly keeps?: number;
        readonly from?: string;
    }): Promise<RawClient>;
    get text(): string;
    get bytes(): number;
    /** How many reads brought what was received. */
    get reads(): number;
    send(data: string | Buffer): void;
    /** Sends data and resolves when the kernel has it. */
    sent(data: string | Buffer): Promise<void>;
    stopReading(): void;
    readOn(): void;
    received(text: string, ceilingMs?: number): Promise<void>;
    closed(ceilingMs?: number): Promise<void>;
    /** Half-closes: no more is sent. */
    end(): void;
    destroy(): void;
    /** Vanishes with a reset. */
    reset(): void;
}
