/** One environment variable: what it is called, what holds without it, and what it means, for the help and the docs. */
export interface Variable {
    readonly name: string;
    /** As one would write it; undefined: none. */
    readonly default?: string;
    readonly defaultText?: string;
    readonly meaning: string;
    readonly secret?: boolean;
    /** Set to nothing means something of its own here; elsewhere it is the same as not set. */
    readonly mayBeEmpty?: boolean;
    /** What of a secret may be shown to operators, made of its text. Without it they only see that it is set. */
    readonly shown?: (text: string) => string;
}
