import { MemorySocket } from '../../adapters/memory/memory-socket.ts';
import type { Frame, WriteOutcome } from '../../domain/subscriber-socket.ts';
import type { SocketParts } from './memory-socket-world.ts';

/** It sends what it takes for text of one byte a character. */
class SocketWithoutUmlauts extends MemorySocket {
  override write(frame: Frame): WriteOutcome {
    return super.write(Buffer.from(frame).toString('latin1'));
  }
}

class SocketThatTires extends MemorySocket {
  override write(frame: Frame): WriteOutcome {
    const outcome = super.write(frame);
    return this.frames.length > 100 && outcome === 'sent' ? 'congested' : outcome;
  }
}

class SocketThatKeepsAliveByEvents extends MemorySocket {
  override writeKeepAlive(): WriteOutcome {
    return super.write('data:\n\n');
  }
}

class SocketThatEndsByACut extends MemorySocket {
  override end(): void {
    super.close();
  }
}

class SocketThatClosesProperly extends MemorySocket {
  override close(): void {
    super.end();
  }
}

class SocketThatWritesAfterItsEnd extends MemorySocket {
  override write(frame: Frame): WriteOutcome {
    const outcome = super.write(frame);
    return this.ending === 'ended' || this.ending === 'closed' ? 'sent' : outcome;
  }
}

class SocketThatMissesNobody extends MemorySocket {
  override write(frame: Frame): WriteOutcome {
    const outcome = super.write(frame);
    return this.ending === 'gone' ? 'sent' : outcome;
  }
}

const makeSocket = (Socket: new () => MemorySocket): SocketParts => ({ makeSocket: () => new Socket() });

/** One close cuts all streams that were opened before it. */
function socketsThatCloseTogether(): SocketParts {
  const sockets: MemorySocket[] = [];
  class SocketThatTakesOthersAlong extends MemorySocket {
    override close(): void {
      for (const socket of sockets) MemorySocket.prototype.close.call(socket);
    }
  }
  return {
    makeSocket: () => {
      const socket = new SocketThatTakesOthersAlong();
      sockets.push(socket);
      return socket;
    },
  };
}

/** A socket or a transport that is wrong in one thing, for each case of the contract; made for each world. */
export const FAULTY_SOCKETS: Readonly<Record<string, () => SocketParts>> = {
  'writes frames whole and in order, each without waiting for the next': () => makeSocket(SocketWithoutUmlauts),
  'sends a burst to a peer that reads': () => makeSocket(SocketThatTires),
  'writes a keep-alive that is a comment': () => makeSocket(SocketThatKeepsAliveByEvents),
  'says that it is congested when the peer does not read, and reports once that it has drained': () => ({
    drainReports: 2,
  }),
  'ends properly, after everything that was written': () => makeSocket(SocketThatEndsByACut),
  'cuts a stream that it closes because the peer does not read': () => makeSocket(SocketThatClosesProperly),
  'writes nothing after its end, and ignores every later call': () => makeSocket(SocketThatWritesAfterItsEnd),
  'reports a peer that vanishes, and no longer writes to it': () => makeSocket(SocketThatMissesNobody),
  'keeps its streams apart': socketsThatCloseTogether,
};
