import { MemorySocket } from "../../adapters/memory/memory-socket.js";
/** It sends what it takes for text of one byte a character. */
class SocketWithoutUmlauts extends MemorySocket {
    write(frame) {
        return super.write(Buffer.from(frame).toString('latin1'));
    }
}
class SocketThatTires extends MemorySocket {
    write(frame) {
        const outcome = super.write(frame);
        return this.frames.length > 100 && outcome === 'sent' ? 'congested' : outcome;
    }
}
class SocketThatKeepsAliveByEvents extends MemorySocket {
    writeKeepAlive() {
        return super.write('data:\n\n');
    }
}
class SocketThatEndsByACut extends MemorySocket {
    end() {
        super.close();
    }
}
class SocketThatClosesProperly extends MemorySocket {
    close() {
        super.end();
    }
}
class SocketThatWritesAfterItsEnd extends MemorySocket {
    write(frame) {
        const outcome = super.write(frame);
        return this.ending === 'ended' || this.ending === 'closed' ? 'sent' : outcome;
    }
}
class SocketThatMissesNobody extends MemorySocket {
    write(frame) {
        const outcome = super.write(frame);
        return this.ending === 'gone' ? 'sent' : outcome;
    }
}
const makeSocket = (Socket) => ({ makeSocket: () => new Socket() });
/** One close cuts all streams that were opened before it. */
function socketsThatCloseTogether() {
    const sockets = [];
    class SocketThatTakesOthersAlong extends MemorySocket {
        close() {
            for (const socket of sockets)
                MemorySocket.prototype.close.call(socket);
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
export const FAULTY_SOCKETS = {
    'writes frames whole and in order, each without waiting for the next': () => makeSocket(SocketWithoutUmlauts),
    'takes a burst from a peer that reads': () => makeSocket(SocketThatTires),
    'writes a keep-alive that is a comment': () => makeSocket(SocketThatKeepsAliveByEvents),
    'says that it is congested when the peer does not read, and reports once that it has drained': () => ({
        drainReports: 2,
    }),
    'ends properly, after everything that was written': () => makeSocket(SocketThatEndsByACut),
    'cuts a stream that it closes for want of a reader': () => makeSocket(SocketThatClosesProperly),
    'writes nothing after its end, and takes every call without a word': () => makeSocket(SocketThatWritesAfterItsEnd),
    'reports a peer that vanishes, and writes to it no more': () => makeSocket(SocketThatMissesNobody),
    'keeps its streams apart': socketsThatCloseTogether,
};
//# sourceMappingURL=faulty-sockets.js.map