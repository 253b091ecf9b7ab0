/** Sees one protocol line of NATS, such as `MSG subject 1 27` or `PING`. */
type Sight = (line: string) => void;
/**
 * A network of the test's own between a client and nats-server. It reads the protocol as it goes by, so it can drop
 * one message without hurting the rest of the stream.
 */
export declare class TcpProxy {
    #private;
    readonly port: number;
    /** What clients said: the first word of each line, and how often. */
    readonly said: Map<string, number>;
    private constructor();
    static start(targetPort: number): Promise<TcpProxy>;
    get url(): string;
    get connections(): number;
    /** Cuts every connection; new ones are taken. */
    cut(): void;
    /** Cuts every connection, and refuses new ones until `heal`. */
    refuse(): Promise<void>;
    /** Nothing goes through any more, in either direction, and nobody is told. New connections are taken, in silence. */
    blackHole(): void;
    /** Ends `refuse` and `blackHole`; what the black hole held goes on its way. */
    heal(): Promise<void>;
    /** Drops the next message from the server whose protocol line matches; resolves when that has happened. */
    dropNext(matches: (line: string) => boolean): Promise<void>;
    /** Calls back with every protocol line that clients send from now on. */
    watch(sight: Sight): void;
    close(): Promise<void>;
}
export {};
