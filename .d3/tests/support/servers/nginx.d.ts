/** A real nginx on a folder of its own. */
export declare class Nginx {
    #private;
    private constructor();
    /**
     * @param server the server blocks, as they stand in a file that nginx includes
     * @param port where the configuration has it listen
     */
    static start(server: string, port: number): Promise<Nginx>;
    stop(): Promise<void>;
}
