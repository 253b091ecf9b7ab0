import { type Sdk } from './sdk.ts';
/** Ruby: Faraday gives out the body when the stream has ended as it should, and nothing when it was cut. */
export declare const ruby: Sdk;
