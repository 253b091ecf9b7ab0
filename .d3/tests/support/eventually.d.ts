/**
 * Waits until the condition holds. The ceiling is generous: it is for what never comes, not for measuring.
 *
 * @param what the condition in words; a function where they depend on how far it came
 */
export declare function eventually(what: string | (() => string), holds: () => boolean | Promise<boolean>, ceilingMs?: number): Promise<void>;
