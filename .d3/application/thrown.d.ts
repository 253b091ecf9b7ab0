import type { LogFields } from './ports/logger.ts';
/** What a log line says of something that was thrown, which need not be an error. */
export declare function thrown(error: unknown): LogFields;
