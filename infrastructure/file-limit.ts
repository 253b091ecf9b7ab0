import { readFileSync } from 'node:fs';

/** The least that systems allow, for when the limit cannot be read. */
const FALLBACK = 1024;

/** How many files this process may open: Node raises the soft limit to the hard one when it starts. */
export function fileLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (soft !== undefined) return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
  } catch {
    // Not Linux: the report has it too, but takes longer.
  }
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = report.userLimits?.open_files?.soft;
  if (soft === 'unlimited') return Number.MAX_SAFE_INTEGER;
  return typeof soft === 'number' ? soft : FALLBACK;
}
