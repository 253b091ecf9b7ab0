/** Returns whether a message is to be dropped. */
export type Drops = (line: string) => boolean;

/** One direction of a connection, taken apart into messages. */
export interface Frames {
  /** The part of the data, and of the data held back before, that is passed on. */
  filter(data: Buffer): Buffer;
}

/** How a protocol is read as it passes. */
export interface Protocol {
  fromClient(drops: Drops): Frames;
  fromServer(drops: Drops): Frames;
}
