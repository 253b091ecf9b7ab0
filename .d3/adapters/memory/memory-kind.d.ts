import type { LogKind } from '../common/log-kind.ts';
export declare const MEMORY: LogKind;
