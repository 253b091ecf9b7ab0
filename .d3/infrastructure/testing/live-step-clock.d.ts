import { StepClock } from '../../adapters/memory/step-clock.ts';
/**
 * The clock of a service whose sockets are real and whose time is stepped. Timers run when `advance` comes to them,
 * each at its own time. What is put off to the next turn runs on the next turn of the real event loop, so that sockets
 * are read and written meanwhile.
 */
export declare class LiveStepClock extends StepClock {
    #private;
    nextTurn(task: () => void): void;
    /** Lets the event loop turn until the service puts nothing off any more. */
    settle(): Promise<void>;
}
