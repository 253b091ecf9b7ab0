import type { Update } from '../../../domain/update.ts';
/** An update as the log delivers it. */
export declare function anUpdate(sequence: number, updatedAt: string, storedAtMs?: number): Update;
/** The bytes of an update's event. */
export declare function eventBytes(sequence: number, updatedAt: string): string;
