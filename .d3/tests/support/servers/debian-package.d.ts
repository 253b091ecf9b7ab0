export declare const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
interface DebianPackage {
    readonly name: string;
    /** A release other than the machine's, such as `trixie`, fetched from the machine's own mirror. */
    readonly release?: string;
    /**
     * Also fetch what the package depends on and the machine lacks, and unpack it beside it. With a `release`, all of
     * what it depends on, for libraries of two releases do not mix.
     */
    readonly dependencies?: boolean;
}
/**
 * Unpacks a Debian package into the user's cache, without installing anything on the system, and returns the folder
 * that holds its `usr`. Works without root, without the system's package lists, and for several processes at once.
 */
export declare function unpackDebianPackage(wanted: DebianPackage): Promise<string>;
export declare function cacheDir(): string;
/** The address from which this machine takes its own release: a company's mirror may be the only one it reaches. */
export declare function debianMirror(): Promise<string>;
/** One process at a time. A lock whose holder is dead is taken over. */
export declare function lock(path: string): Promise<() => Promise<void>>;
export declare function exists(path: string): Promise<boolean>;
export {};
