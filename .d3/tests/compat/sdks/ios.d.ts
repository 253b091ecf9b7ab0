import { type Sdk } from './sdk.ts';
/** iOS: it looks for whole `data:` lines in each piece that URLSession hands it, and joins no two of them. */
export declare const ios: Sdk;
