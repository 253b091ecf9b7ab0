import type * as UWebSockets from 'uWebSockets.js';
/** What is used of the addon. */
export type Uws = Pick<typeof UWebSockets, 'App' | 'us_listen_socket_close' | 'us_socket_local_port'>;
/** Node 20's build of the addon; its parser has a known fault (see the decision record on uWebSockets.js). */
export declare const ABI_WITH_SPLIT_REQUEST_FAULT = "115";
/**
 * Loads the native addon, only when it is asked for: the node transport must work where the addon does not.
 *
 * @throws Error that says what the addon needs and what to do without it
 */
export declare function loadUws(): Uws;
