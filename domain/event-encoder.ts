import type { Frame } from './subscriber-socket.ts';
import type { Update } from './update.ts';

/** A dialect of event streams: the bytes that its clients read. Sessions with the same encoder share each frame. */
export interface EventEncoder {
  /** The event of an update. Called once per update, regardless of the number of subscribers. */
  encode(update: Update): Frame;
  /** Keeps proxies from closing an idle stream; clients ignore it. */
  readonly keepAlive: Frame;
}
