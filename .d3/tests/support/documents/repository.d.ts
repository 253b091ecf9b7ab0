/** The root of the repository: tests run from `dist/tests`. */
export declare const ROOT: string;
export declare function pathOf(path: string): string;
export declare function readDocument(path: string): string;
/** The sources of the tests, by their path. */
export declare function testSources(): ReadonlyMap<string, string>;
/** The files under a folder, by their paths from the root. */
export declare function filesUnder(folder: string): string[];
