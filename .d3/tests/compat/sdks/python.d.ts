import { type Sdk } from './sdk.ts';
/** Python: `requests` under `sseclient`. It loops without a pause, whatever happened. */
export declare const python: Sdk;
