import type { RunningHalyard, SteppedHalyard } from './running-halyard.ts';
export interface HalyardOptions {
    /** Where to listen: an address of this machine, `127.0.0.1` by default. */
    readonly host?: string;
    /** A free one by default. */
    readonly port?: number;
    /** What serves HTTP: `uws` by default, or `node` where that addon does not load. */
    readonly transport?: 'uws' | 'node';
    /**
     * Variables of the service that differ from its defaults, as strings: `{ KEEP_ALIVE_SECONDS: '1' }`. The
     * environment of the process is not looked at. By default nothing is logged, and a stop ends streams at once.
     */
    readonly environment?: Readonly<Record<string, string>>;
    /**
     * `system`, the default: time passes by itself. `stepped`: the time of the service stands still until `advance`.
     * Then whatever waits for a time waits for that: keep-alives, the ages of streams, deadlines of changes, ends of
     * outages. Nothing else waits: sockets are real, and requests are answered and updates delivered at once.
     */
    readonly clock?: 'system' | 'stepped';
}
/**
 * Starts a whole service in this process: real HTTP on a free port, and the embedded log. It is ready for clients, and
 * that takes well under a second. Several can run beside each other; each has a log of its own.
 *
 * ```ts
 * import { startHalyard } from 'halyard/testing';
 *
 * const halyard = await startHalyard({ environment: { KEEP_ALIVE_SECONDS: '1' } });
 * const client = new EventSource(`${halyard.url}/sse/environments/abc/stream`);
 * // … when it is connected:
 * await halyard.publish('abc', 1733480514.079725);
 * // … the client receives it. At the end:
 * await halyard.stop();
 * ```
 *
 * With a stepped clock hours pass in milliseconds, and nothing falls due before it is asked for:
 *
 * ```ts
 * const halyard = await startHalyard({ clock: 'stepped' });
 * await halyard.outage({ kind: 'hang' });
 * const outcome = halyard.publish('abc', 1);
 * await halyard.advance(1500); // the default of APPEND_DEADLINE_MS
 * assert.equal(await outcome, 'unavailable');
 * ```
 *
 * @throws Error that names the mistake in the options, or why the service cannot start
 */
export declare function startHalyard(options: HalyardOptions & {
    readonly clock: 'stepped';
}): Promise<SteppedHalyard>;
export declare function startHalyard(options?: HalyardOptions): Promise<RunningHalyard>;
