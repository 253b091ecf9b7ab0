/** The machine's own curl, as people use it. */
export declare class Curl {
    #private;
    output: string;
    exitCode: number | undefined;
    private constructor();
    /** @throws Error that says what to install when there is no curl here, or one without HTTP/2 */
    static start(...args: readonly string[]): Promise<Curl>;
    shows(text: string): Promise<void>;
    exited(): Promise<number>;
    kill(): void;
}
