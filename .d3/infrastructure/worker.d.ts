import type { HealthReport } from '../application/ports/health-report.ts';
export interface WorkerParts {
    readonly ports: readonly number[];
    readonly health: HealthReport;
    /** May be called more than once. */
    readonly stop: (why: string) => void;
}
/** Ties a running instance to the primary that forked it. */
export declare function obeyPrimary({ ports, health, stop }: WorkerParts): void;
