import { type ChildProcess } from 'node:child_process';
/** A program of a Debian package: the machine's own, or one that is unpacked into the cache. */
export interface DebianProgram {
    spawn(args: readonly string[]): ChildProcess;
}
/** @param path where the package has it, such as `usr/bin/h2load` */
export declare function debianProgram(packageName: string, path: string): Promise<DebianProgram>;
