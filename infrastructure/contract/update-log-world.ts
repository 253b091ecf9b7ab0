import type { UpdateLog } from '../../application/ports/update-log.ts';

/**
 * One shared store, the logs on it, and whatever lies between them. The suite makes a new world for each case, and
 * closes it.
 *
 * ```ts
 * async function myLogWorld(): Promise<UpdateLogWorld> {
 *   const server = await startMyServer(); // its store is empty
 *   const logs: MyLog[] = [];
 *   return {
 *     keptMs: 3_600_000,
 *     open: () => {
 *       const log = new MyLog(server.url);
 *       logs.push(log);
 *       return log;
 *     },
 *     interrupt: () => server.refuseConnections(),
 *     restore: () => server.takeConnections(),
 *     close: async () => {
 *       await Promise.all(logs.map((log) => log.close()));
 *       await server.stop();
 *     },
 *   };
 * }
 * ```
 */
export interface UpdateLogWorld {
  /** How long the store keeps an update, in milliseconds. Undefined: until a newer one replaces it. */
  readonly keptMs: number | undefined;
  /** Another log on the shared store, as of another instance. It has no follower yet. */
  open(): UpdateLog;
  /** Cuts all logs off from the store, as an outage does: until it is restored no append is stored. */
  interrupt(): void | Promise<void>;
  /** Lets the logs reach the store again. It still has its updates. */
  restore(): void | Promise<void>;
  /** Closes the open logs, and everything else in the world. A case may have closed a log before. */
  close(): void | Promise<void>;
  /** How long an expected event may take, in milliseconds: a case that waits longer fails. 15,000 by default. */
  readonly patienceMs?: number;
}
