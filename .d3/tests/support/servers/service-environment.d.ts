import { type Config } from '../../../infrastructure/config.ts';
/** Reads an environment of a manifest as the service would, with a secret in place of each file of one. */
export declare function effective(environment: Record<string, string>): Config;
