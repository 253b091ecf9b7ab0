/** A real nats-server with file storage, and how the service reaches it. */
export interface JetStream {
    readonly env: Readonly<Record<string, string>>;
    /** Messages that NATS has received from its clients: publishes, requests, acknowledgements. */
    messagesIn(): Promise<number>;
    /** Its processor time so far. */
    cpuUs(): number;
}
export declare function withJetStream<T>(task: (jetStream: JetStream) => Promise<T>): Promise<T>;
