export interface Usage {
    readonly cpuUs: number;
    readonly atUs: number;
}
/** A process and its children, on a core of their own, with what the kernel knows of them. */
export declare class MeasuredProcess {
    #private;
    private constructor();
    /** @param core undefined: wherever the kernel puts it */
    static start(name: string, command: readonly string[], options: {
        readonly core: number | undefined;
        readonly env?: NodeJS.ProcessEnv;
    }): MeasuredProcess;
    get pid(): number;
    get hasEnded(): boolean;
    /** Waits until it answers. */
    isUp(answers: () => Promise<boolean>): Promise<void>;
    /** Processor time of the whole tree, user and system. */
    usage(): Usage;
    /** Resident bytes of the whole tree; a page that several processes share is counted once. */
    residentBytes(): number;
    signal(signal: NodeJS.Signals): void;
    kill(): Promise<void>;
}
