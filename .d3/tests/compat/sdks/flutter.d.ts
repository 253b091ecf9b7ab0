import { type Sdk } from './sdk.ts';
/**
 * Flutter: a new stream at an interval, while the old ones stay, and times only where they are doubles. Dart's JSON
 * makes an integer of a number without a decimal point.
 */
export declare const flutter: Sdk;
