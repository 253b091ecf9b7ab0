import type { LogKind } from '../adapters/common/log-kind.ts';
/** The logs that the service can be run on. The first one is the default of `UPDATE_LOG`. */
export declare const LOGS: readonly [LogKind, ...LogKind[]];
