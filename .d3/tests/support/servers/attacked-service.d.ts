/**
 * A service on Node's own modules, as a process of its own: where an attack ends the process, one test fails, and not
 * the whole run. Its young generation is small, and collected when a connection ends, so that what Node frees too early
 * shows.
 */
export declare class AttackedService {
    #private;
    private constructor();
    static start(environment?: Record<string, string>): Promise<AttackedService>;
    get port(): number;
    url(path: string): string;
    /** POSTs a queue-change with the body as JSON. */
    publish(environment: string, updatedAt: unknown): Promise<Response>;
    /** A request on a connection of its own is answered: the process lives, and whatever came before was dealt with. */
    serves(): Promise<void>;
    /** The value of a metric, or undefined where there is none of this name and these labels. */
    metric(sample: string): Promise<number | undefined>;
    /** How many streams are open. */
    subscribers(): Promise<number | undefined>;
    /** What the heap holds after everything that can go is gone. */
    usedHeapBytes(): Promise<number>;
    /** How often an event was logged. */
    logged(event: string): number;
    /** @throws Error when it had ended before, or does not end as it should */
    stop(): Promise<void>;
}
