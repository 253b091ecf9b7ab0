import type { Frame } from './subscriber-socket.ts';
import type { Update } from './update.ts';
/** A dialect of event streams: the bytes that its clients read. Sessions with the same encoder share each frame. */
export interface EventEncoder {
    /** The event of an update. It is called once an update, whatever the number of its subscribers. */
    encode(update: Update): Frame;
    /** What clients read and ignore: it keeps proxies from closing an idle stream. */
    readonly keepAlive: Frame;
}
