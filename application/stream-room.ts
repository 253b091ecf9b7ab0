import type { Hubs } from './hubs.ts';
import type { StreamRefusal } from './ports/streams.ts';
import { StreamsByAddress } from './streams-by-address.ts';

export interface StreamRoomOptions {
  readonly maxSubscribers: number;
  /** 0: without a limit. */
  readonly maxStreamsPerAddress: number;
}

/** Whether there is room for another stream, of any dialect. */
export class StreamRoom {
  readonly #maxSubscribers: number;
  readonly #hubs: Hubs;
  readonly #addresses: StreamsByAddress;
  #isDraining = false;

  constructor(options: StreamRoomOptions, hubs: Hubs) {
    this.#maxSubscribers = options.maxSubscribers;
    this.#hubs = hubs;
    this.#addresses = new StreamsByAddress(options.maxStreamsPerAddress);
  }

  /** The streams are about to be ended: one that is opened from now on ends soon. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  drain(): void {
    this.#isDraining = true;
  }

  /** Why there is no room for a stream of the address; undefined: there is room. */
  refusal(address: string): StreamRefusal | undefined {
    if (this.#hubs.subscribers >= this.#maxSubscribers) return 'full';
    return this.#addresses.hasRoom(address) ? undefined : 'address';
  }

  /** @returns a function to call once, when the stream has ended; undefined if addresses are not counted */
  opened(address: string): (() => void) | undefined {
    return this.#addresses.opened(address);
  }
}
