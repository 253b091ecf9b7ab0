export interface NchanFiles {
    readonly command: readonly string[];
    readonly env: NodeJS.ProcessEnv;
    readonly versions: string;
    remove(): Promise<void>;
}
/** nginx with the nchan module, from Debian's packages, unpacked without installing anything. One worker. */
export declare function prepareNchan(port: number, keepAliveSeconds: number): Promise<NchanFiles>;
