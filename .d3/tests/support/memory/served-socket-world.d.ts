import type { HttpListener } from '../../../application/ports/http-listener.ts';
import { Routes } from '../../../adapters/http/routes.ts';
import type { StreamPeer, SubscriberSocketWorld } from '../../../infrastructure/contract/subscriber-socket-world.ts';
/** A transport on a free port, without a service behind it: its streams are the test's. */
export declare function serveSockets(makeListener: (routes: Routes) => HttpListener, connect: (port: number) => Promise<StreamPeer>): Promise<SubscriberSocketWorld>;
