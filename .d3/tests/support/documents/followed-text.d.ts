import { type CodeBlock } from './code-blocks.ts';
/** A folder in which somebody does what a document says. */
export declare class FollowedText {
    #private;
    readonly folder: string;
    /** @param environment beside the variables of this process */
    constructor(folder: string, environment?: NodeJS.ProcessEnv);
    /** Writes and changes the files of the blocks. Commands and what is printed are passed over. */
    write(blocks: readonly CodeBlock[]): Promise<void>;
    /** @throws Error with what the commands wrote, when one fails or they take a minute */
    run(commands: string): Promise<string>;
    /** Starts what goes on until it is stopped, and waits until it has written what is looked for. */
    start(commands: string, lookedFor: RegExp): Promise<{
        readonly found: string;
        stop(): Promise<void>;
    }>;
}
