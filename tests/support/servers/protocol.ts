/** Returns whether a message is to be dropped. */
export type Drops = (line: string) => boolean;

/** One direction of a connection, taken apart into messages. */
export interface Frames {
  /** What of the data, and of what was held back before, goes on its way. */
  filter(data: Buffer): Buffer;
}

/** How a protocol is read as it goes by. */
export interface Protocol {
  fromClient(drops: Drops): Frames;
  fromServer(drops: Drops): Frames;
}
