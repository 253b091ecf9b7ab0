/**
 * Where log lines go: written aside, so that a reader that is slow, gone, or out of disk holds up no stream and no
 * end. Lines that cannot be written are lost, and the next ones are tried again.
 */
declare class StandardOutput {
    #private;
    constructor();
    write(line: string): void;
    /** Resolves when all lines are written, or cannot be. */
    written(): Promise<void>;
}
/** Of this process. */
export declare const standardOutput: StandardOutput;
export {};
