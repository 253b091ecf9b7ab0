import type { HttpListener } from '../../../application/ports/http-listener.ts';
import type { Streams } from '../../../application/ports/streams.ts';
import type { SubscriberSocket } from '../../../domain/subscriber-socket.ts';
import { HeldRefusals } from '../../../adapters/http/held-refusals.ts';
import { Routes } from '../../../adapters/http/routes.ts';
import { SseEncoder } from '../../../adapters/http/sse.ts';
import { StreamRoutes } from '../../../adapters/http/stream-routes.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { StreamPeer, SubscriberSocketWorld } from '../../../infrastructure/contract/subscriber-socket-world.ts';

/** A transport on a free port, without a service behind it: its streams are the test's. */
export async function serveSockets(
  makeListener: (routes: Routes) => HttpListener,
  connect: (port: number) => Promise<StreamPeer>,
): Promise<SubscriberSocketWorld> {
  let held: { socket: SubscriberSocket; reported: { drained: number; gone: number } } | undefined;
  const streams: Streams = {
    open: (_environment, _client, begin) => {
      const reported = { drained: 0, gone: 0 };
      held = { socket: begin(), reported };
      return { drained: () => void reported.drained++, gone: () => void reported.gone++ };
    },
  };
  const listener = makeListener(
    new Routes([
      new StreamRoutes({
        streams,
        encoder: new SseEncoder('environment_updated'),
        trustedProxies: undefined,
        refusals: new HeldRefusals(0, new SystemClock()),
        random: Math.random,
        reading: { mergesSlashes: false },
      }),
    ]),
  );
  await listener.listen();
  const peers: StreamPeer[] = [];
  return {
    open: async () => {
      held = undefined;
      const peer = await connect(listener.ports[0] ?? 0);
      peers.push(peer);
      if (held === undefined) throw new Error('the transport opened no stream');
      return { ...(held as { socket: SubscriberSocket; reported: { drained: number; gone: number } }), peer };
    },
    close: async () => {
      for (const peer of peers) peer.vanish();
      listener.stopListening();
      await listener.close();
    },
  };
}
