import type { ListenAddress } from '../adapters/http/listen-address.ts';
/**
 * Asks the service that runs beside this process: for containers, whose images have no curl.
 *
 * @returns undefined when it answered 200, else why it did not
 */
export declare function healthcheck(addresses: readonly ListenAddress[], path: string): Promise<string | undefined>;
