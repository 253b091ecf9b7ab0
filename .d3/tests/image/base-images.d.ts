/** A Debian trixie with the least that is a Debian, as in the slim image. */
export declare function trixieRoot(): Promise<string>;
/** Node of the image's version, from npm's registry, where each version is a package. */
export declare function nodeBinary(): Promise<string>;
/**
 * The images that the Dockerfile builds on, as far as it uses them: `node` is a Debian with Node and npm in
 * `/usr/local`. This npm is the machine's own: it is a program in JavaScript, which any Node runs.
 *
 * @param root where the file system goes
 */
export declare function unpackBaseImage(image: string, root: string): Promise<void>;
