import { type Sdk } from './sdk.ts';
/** Kotlin: okhttp's reader. It comes back at once after a clean end, and never after anything else. */
export declare const kotlin: Sdk;
