/**
 * What stands in front of instances in a real place: one address, behind which they come and go. While there is none,
 * it lets new connections wait, as load balancers do that queue.
 */
export declare class FrontDoor {
    #private;
    /** How many connections have come. */
    connections: number;
    private constructor();
    static open(): Promise<FrontDoor>;
    /** With the slash at the end that SDKs want. */
    get url(): string;
    /** New connections go to this port from now on; undefined: they wait. */
    leadTo(port: number | undefined): void;
    /** Cuts what is connected, as when an instance is killed. */
    cut(): void;
    close(): Promise<void>;
}
