/**
 * Mocha sends the errors of a parallel run from one process to another, and an error's cause only where it can be
 * counted among its properties. Without it a failure says "fetch failed", and nothing more.
 */
export declare const mochaHooks: {
    afterEach(this: Mocha.Context): void;
};
