/** A stage of the build, and at last the image: its files, and what it says of itself. */
interface Stage {
    readonly root: string;
    workingDirectory: string;
    readonly environment: Record<string, string>;
    user: string;
    entrypoint: readonly string[];
    command: readonly string[];
    healthcheck: readonly string[];
}
/**
 * Carries out docker/Dockerfile without a container engine: as much of the language as it uses, and an error for what
 * goes beyond that, so that this and an engine cannot come to differ in silence.
 */
export declare class BuiltImage {
    #private;
    readonly stage: Readonly<Stage>;
    private constructor();
    static build(): Promise<BuiltImage>;
    /** Everything is mounted in processes of their own, so nothing is left mounted here when they have ended. */
    remove(): Promise<void>;
}
export {};
