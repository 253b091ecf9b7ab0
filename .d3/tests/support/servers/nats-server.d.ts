export interface NatsServerOptions {
    /** Lines for the server's configuration file beside port and store. */
    readonly config?: string;
    readonly jetStream?: boolean;
    /** For what 2.9 lacks: a cluster in which of two writes that expect the same sequence only one is stored. */
    readonly atLeast?: '2.10';
}
/** A real nats-server of a test's own, on a free port with a store of its own. */
export declare class NatsServer {
    #private;
    readonly port: number;
    readonly dir: string;
    private constructor();
    static start(options?: NatsServerOptions): Promise<NatsServer>;
    /** A port and a folder, but no server yet: for whoever has to be there first. */
    static prepare(options?: NatsServerOptions): Promise<NatsServer>;
    /** Three nodes that elect leaders among them, and that have shown that they place a stream on all three. */
    static startCluster(): Promise<readonly [NatsServer, NatsServer, NatsServer]>;
    get url(): string;
    /** Starts it again, on the same port and the same store. */
    restart(options?: {
        readonly jetStream?: boolean;
    }): Promise<void>;
    /** `kill -9`, and waits until it is gone. */
    kill(): Promise<void>;
    pause(): void;
    resume(): void;
    /** Changes the configuration under the running server. */
    reload(config: string): Promise<void>;
    /** Copies the store of the stopped server, to be put back later. */
    copyStore(): Promise<string>;
    putStoreBack(copy: string): Promise<void>;
    close(): Promise<void>;
}
