import { createRequire } from 'node:module';
import type * as UWebSockets from 'uWebSockets.js';
import { MAX_HEADER_BYTES } from '../header-limit.ts';

/** The part of the addon that is used. */
export type Uws = Pick<typeof UWebSockets, 'App' | 'SSLApp' | 'us_listen_socket_close'>;

export type UwsApp = ReturnType<Uws['App']>;

/** Node 20's build of the addon; its parser has a known fault (see the decision record on uWebSockets.js). */
export const ABI_WITH_SPLIT_REQUEST_FAULT = '115';

/**
 * Loads the native addon, on demand only: the node transport must work where the addon does not.
 *
 * @throws Error that names what the addon needs and the alternative
 */
export function loadUws(): Uws {
  // The addon reads this when it is loaded; browsers with cookies send more than its default of 4 KB.
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(MAX_HEADER_BYTES);
  try {
    return createRequire(import.meta.url)('uWebSockets.js') as Uws;
  } catch (cause) {
    throw new Error(
      `the uWebSockets.js addon does not load on this platform (${process.platform}-${process.arch}, ` +
        `Node ${process.versions.node}, ABI ${process.versions.modules}). It needs glibc: 2.36 with Node 20, ` +
        '2.38 or later with Node 22 to 25, and no musl. Use one of those, or set HTTP1_TRANSPORT=node, which is ' +
        'slower and runs everywhere.',
      { cause },
    );
  }
}
