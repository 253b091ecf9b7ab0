import type { Update } from '../../../domain/update.ts';
import type { UpdatedAt } from '../../../domain/updated-at.ts';

/** An update as the log delivers it. */
export function anUpdate(sequence: number, updatedAt: string, storedAtMs = 0): Update {
  return { sequence, updatedAt: updatedAt as UpdatedAt, storedAtMs };
}

/** The bytes of an update's event. */
export function eventBytes(sequence: number, updatedAt: string): string {
  return `event: environment_updated\nid: ${sequence}-${updatedAt}\ndata: {"updated_at":${updatedAt}}\n\n`;
}
