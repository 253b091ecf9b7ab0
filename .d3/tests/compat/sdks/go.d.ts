import { type Sdk } from './sdk.ts';
/** Go: a line scanner that looks for the literal `data: `. At once after a clean end, backing off after an error. */
export declare const go: Sdk;
