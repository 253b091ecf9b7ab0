/** A block of code in a document. */
export interface CodeBlock {
    /** `ts`, `diff`, `sh`. */
    readonly language: string;
    /** The rest of the info string: the path of the file that it is or changes; empty where there is none. */
    readonly path: string;
    readonly text: string;
}
/** The blocks under each heading of the second level, in their order. */
export declare function codeBlocks(document: string): ReadonlyMap<string, readonly CodeBlock[]>;
/**
 * Makes the change of a `diff` block: the lines with `-` and the unmarked ones have to stand in the text, together and
 * once; the unmarked ones and those with `+` take their place.
 *
 * @throws Error when they do not stand there, or more than once
 */
export declare function withChange(text: string, { path, text: change }: CodeBlock): string;
