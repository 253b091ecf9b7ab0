/** The one path segment between the prefix of environments and the suffix, or undefined for another path. */
export declare function keyIn(path: string, suffix: string): string | undefined;
