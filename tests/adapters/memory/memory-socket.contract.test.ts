import { MemorySocket } from '../../../adapters/memory/memory-socket.ts';
import { describeSubscriberSocketContract, type StreamPeer } from '../../contract/subscriber-socket.contract.ts';

describeSubscriberSocketContract('MemorySocket', async () => ({
  open: async () => {
    const socket = new MemorySocket();
    const reported = { drained: 0, gone: 0 };
    const peer: StreamPeer = {
      get received() {
        return socket.frames.join('') + ':\n\n'.repeat(socket.keepAlives);
      },
      get ending() {
        return socket.ending === 'open' || socket.ending === 'ended' ? socket.ending : 'cut';
      },
      stopReading: () => socket.stopReading(),
      readOn: () => {
        socket.readOn();
        reported.drained++;
      },
      vanish: () => {
        socket.vanish();
        reported.gone++;
      },
    };
    return { socket, peer, reported };
  },
  close: async () => undefined,
}));
