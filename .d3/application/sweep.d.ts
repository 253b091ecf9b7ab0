import type { SweepLimits } from '../domain/subscriber-session.ts';
import type { Hub } from './hub.ts';
import type { Clock } from './ports/clock.ts';
/**
 * Goes over all sessions once a second, in slices: keep-alives, streams that have reached their age, peers that have
 * not read for too long, and environments that have nothing to show any more. One sweep, because a timer for each of
 * thousands of sessions would cost more than all their keep-alives.
 */
export declare class Sweep {
    #private;
    constructor(limits: SweepLimits, hub: Hub, clock: Clock);
    /**
     * How many sessions had a peer that does not read when the last sweep passed by them: the sweep is there anyway, and
     * a count at every change of state would cost each session something.
     */
    get congested(): number;
    start(): void;
    stop(): void;
}
