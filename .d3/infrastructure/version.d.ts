/** The version of the package, which is the version of the image too. The compiled file lies two folders below it. */
export declare function version(): string;
