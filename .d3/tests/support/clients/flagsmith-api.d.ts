/**
 * The Flagsmith API as the service's caller: Python's `requests` with its headers and its spacing, two seconds of
 * patience, and tries without a pause in between.
 */
export declare class FlagsmithApi {
    #private;
    /** The statuses that it was answered with; 0: none in time. */
    readonly statuses: number[];
    /**
     * @param baseUrl without a slash at its end, as the API's setting has it
     * @param tries 1 to 3, by how its task processor is deployed
     * @param connections the most that are open at a time; 0: a new one each time, as the API does it
     */
    constructor(baseUrl: string, token: string, { tries, connections }?: {
        tries?: number | undefined;
        connections?: number | undefined;
    });
    /** @returns whether the API counts it as done */
    notify(environment: string, updatedAt: string): Promise<boolean>;
    /** Tells of a change to a whole project: one post for each environment, and the first failure repeats them all. */
    notifyProject(environments: readonly string[], updatedAt: string): Promise<boolean>;
    close(): void;
}
