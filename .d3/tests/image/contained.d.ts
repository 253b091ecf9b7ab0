import { type ChildProcess } from 'node:child_process';
export interface Containment {
    readonly root: string;
    readonly command: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    readonly workingDirectory: string;
    /** `uid:gid`. Undefined: root, with the network's and npm's settings of this machine, as a build has them. */
    readonly user?: string;
    /** Folders of this machine that are seen, and cannot be written to: where, and what. */
    readonly mounts?: Readonly<Record<string, string>>;
    /** A `/tmp` of its own, in memory; otherwise nothing can be written at all. */
    readonly tmp?: boolean;
}
/**
 * Runs a command as a container engine would: in a root file system of its own, with mounts and processes of its own,
 * as the first of its processes, and, unless it builds, without privileges and on a root that cannot be written to. The
 * network is the machine's.
 */
export declare function contain(what: Containment): ChildProcess;
/** The environment of a build: what tells npm and Node how to reach a registry. */
export declare function buildEnvironment(): Record<string, string>;
/** The process inside, by its number on this machine: the one child of the one that holds it. */
export declare function pidInside(holder: ChildProcess): number;
export interface Ran {
    readonly code: number | null;
    readonly output: string;
}
/** Waits for a contained command to end. */
export declare function ended(child: ChildProcess): Promise<Ran>;
