export interface Histogram {
    readonly count: number;
    readonly maxUs: number;
    readonly percentilesUs: readonly (readonly [percent: number, us: number])[];
}
/** What the load generator answers to a command. Times are in microseconds. */
export interface LoadReport {
    readonly outcome: 'done' | 'timeout' | 'unknown';
    /** How long the command took, and the generator's own processor time in it. */
    readonly us: number;
    readonly cpuUs: number;
    /** Streams that are open, and how many of them that read have not heard the newest update. */
    readonly streams: number;
    readonly behind: number;
    readonly opened: number;
    readonly failed: number;
    /** Of the opened ones, those that were told an update on connecting. */
    readonly greeted: number;
    /** Updates heard that were newer than what the stream had heard before, and others. */
    readonly events: number;
    readonly replays: number;
    readonly closedByPeer: number;
    readonly posts: number;
    readonly postErrors: number;
    readonly floodPosts: number;
    readonly floodErrors: number;
    readonly lastValue: number;
    /** From the POST of the oldest update that an event stands for, to its receipt. */
    readonly latency: Histogram;
    readonly answers: Histogram;
    readonly floodAnswers: Histogram;
    /** From connect to the first bytes of the stream. */
    readonly opening: Histogram;
    /** From the first POST of a round until every subscriber had heard. */
    readonly reach: Histogram;
}
export interface RunOptions {
    /** Rounds of updates; a round posts to each of `envs` environments. */
    readonly updates?: number;
    readonly envs?: number;
    /** Posts in a round, where it is not one for each environment. */
    readonly burst?: number;
    /** 0: a round begins when everybody has heard the last one. */
    readonly every_us?: number;
    /** Connections that post updates. */
    readonly pool?: number;
    /** Connections that post on and on, beside the updates or for `flood_ms`. */
    readonly flood?: number;
    readonly flood_ms?: number;
    /** A second, over all connections; 0: as fast as they are answered. */
    readonly flood_rate?: number;
    readonly flood_first?: number;
    readonly flood_envs?: number;
    readonly timeout_ms?: number;
}
export interface OpenOptions {
    readonly n: number;
    readonly envs?: number;
    /** How many connects may be under way at a time. */
    readonly in_flight?: number;
    /** Every so-manieth stream stops reading once it is open. */
    readonly deaf_every?: number;
    /** 1: done when each stream was told an update, too. */
    readonly expect?: 0 | 1;
    readonly timeout_ms?: number;
}
/** The load generator in its process, on its own core. */
export declare class Load {
    #private;
    private constructor();
    /**
     * @param binary the compiled generator
     * @param target how the server is reached; with one environment `name` is its whole name, else numbers follow it
     */
    static start(binary: string, target: {
        readonly port: number;
        readonly name?: string;
        readonly environments?: number;
    }): Promise<Load>;
    open(options: OpenOptions): Promise<LoadReport>;
    run(options: RunOptions): Promise<LoadReport>;
    reset(): Promise<LoadReport>;
    /** Waits until every stream has heard this value, or a newer one. */
    settle(value: number, timeoutMs: number): Promise<LoadReport>;
    /** Hangs up all connections. */
    close(): Promise<LoadReport>;
    end(): Promise<void>;
}
export declare function percentileMs(histogram: Histogram, percent: number): number;
