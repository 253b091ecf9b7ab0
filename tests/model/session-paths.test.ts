import { constants } from 'node:http2';
import { expect } from 'chai';
import type { Streams } from '../../application/ports/streams.ts';
import type { SessionEvent } from '../../domain/subscriber-session.machine.ts';
import type { SubscriberSession } from '../../domain/subscriber-session.ts';
import type { SubscriberSocket } from '../../domain/subscriber-socket.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import type { StreamPeer } from '../../infrastructure/contract/subscriber-socket-world.ts';
import { sessionPaths } from '../../infrastructure/testing/driven-session.ts';
import { eventually } from '../support/eventually.ts';
import { env } from '../support/memory/memory-instance.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { type RunningService, startService } from '../support/servers/running-service.ts';
import { StreamClient } from '../support/clients/stream-client.ts';
import { TRANSPORTS } from '../support/servers/transports.ts';

/** A client of either protocol: the stream that it reads, and how it disconnects for good. */
interface Client {
  readonly peer: StreamPeer;
  reset(): void;
  close(): void;
}

interface Wire {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** After a few events this large, a client that stopped reading is congested until it reads again. */
  readonly eventNameBytes: number;
  connect(service: RunningService): Promise<Client>;
}

const WIRES: readonly Wire[] = [
  ...TRANSPORTS.map(({ name, environment }) => ({
    name: `HTTP/1.1 on ${name}`,
    environment,
    // The kernel holds up to 4 MB for a client, and accepts them one by one: an event that was delayed must not be
    // sent later by itself.
    eventNameBytes: 6_000_000,
    connect: async ({ port }: RunningService): Promise<Client> => {
      const client = await StreamClient.open(port, 'abc');
      return { peer: client, reset: () => client.raw.reset(), close: () => client.close() };
    },
  })),
  {
    name: 'HTTP/2',
    environment: { HTTP2_LISTEN_ADDR: '127.0.0.1:0' },
    // The window of a stream is 64 KB, and no event is larger than it.
    eventNameBytes: 10_000,
    connect: async ({ ports }: RunningService): Promise<Client> => {
      const session = await connectHttp2(`http://127.0.0.1:${ports[1]}`);
      const client = await Http2Client.open(session, 'abc');
      return {
        peer: client,
        reset: () => client.stream.close(constants.NGHTTP2_CANCEL),
        close: () => session.destroy(),
      };
    },
  },
];

/** Gives sessions the sockets of the transport, which can be made to throw in every call except close. */
class BreakableSockets implements Streams {
  broken = false;
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  open(...[environment, client, begin]: Parameters<Streams['open']>): ReturnType<Streams['open']> {
    return this.#streams.open(environment, client, () => this.#breakable(begin()));
  }

  #breakable(socket: SubscriberSocket): SubscriberSocket {
    const intact = (): SubscriberSocket => {
      if (this.broken) throw new Error('a socket that breaks its promise');
      return socket;
    };
    return {
      write: (frame) => intact().write(frame),
      writeKeepAlive: () => intact().writeKeepAlive(),
      rearm: () => intact().rearm(),
      end: () => intact().end(),
      close: () => socket.close(),
    };
  }
}

/** A real server with one real client, driven by the events of the session's machine. */
class Driven {
  readonly service: RunningService;
  readonly client: Client;
  readonly session: SubscriberSession;
  readonly sockets: BreakableSockets;
  /** Its stream would end half a minute after the first one, so the drain does not cut that one short. */
  bystander: StreamClient | undefined;
  stopped: Promise<void> | undefined;
  #value = 0;

  private constructor(service: RunningService, client: Client, session: SubscriberSession, sockets: BreakableSockets) {
    this.service = service;
    this.client = client;
    this.session = session;
    this.sockets = sockets;
  }

  static async start(wire: Wire, way: readonly SessionEvent[]): Promise<Driven> {
    const environment = {
      ...wire.environment,
      SSE_EVENT_NAME: 'x'.repeat(way.includes('congested') ? wire.eventNameBytes : 1),
      KEEP_ALIVE_SECONDS: way.includes('keepAliveDue') || way.includes('failed') ? '1' : '60',
      CONGESTED_SECONDS: way.includes('giveUp') ? '1' : '60',
      DRAIN_SECONDS: '60',
      // A session that reads is behind if there is a pace.
      ...(way.join() === 'endBehind' && { REFETCH_PER_SECOND: '1' }),
    };
    let sockets: BreakableSockets | undefined;
    const service = await startService(environment, (container) => {
      sockets = new BreakableSockets(container.get(TOKENS.streams));
      container.rebind(TOKENS.streams).toConstantValue(sockets);
    });
    const client = await wire.connect(service);
    const [session] = service.container.get(TOKENS.hub).sessions();
    const driven = new Driven(service, client, session as SubscriberSession, sockets as BreakableSockets);
    if (way.includes('end')) driven.bystander = await StreamClient.open(service.port, 'bystander');
    return driven;
  }

  /** Causes the event from outside, and waits until the client or the server shows it. */
  async cause(event: SessionEvent): Promise<void> {
    const { client, session } = this;
    switch (event) {
      case 'update':
        await this.#publish();
        return this.#hears();
      case 'keepAliveDue': {
        const comments = (): number => client.peer.received.split('\n:\n\n').length;
        const before = comments();
        return eventually('a keep-alive', () => comments() > before);
      }
      case 'congested':
        client.peer.stopReading();
        for (let written = 0; session.state === 'streaming' && written < 100; written++) await this.#publish();
        return;
      case 'drainedBehind':
        await this.#publish();
        client.peer.readOn();
        return this.#hears();
      case 'drainedCurrent':
        client.peer.readOn();
        return this.#hears();
      case 'end':
        this.stopped = this.service.stop();
        return eventually('the end to begin', () => session.state === 'ending' || session.state === 'closed');
      case 'endBehind':
        await this.#fallBehind();
        this.stopped = this.service.stop();
        await eventually('the end to begin', () => session.state === 'ending' || session.state === 'closed');
        return session.state === 'closed' ? this.#hears() : undefined;
      case 'giveUp':
        return eventually('the service to give up', () => session.state === 'closed');
      case 'gone':
        client.reset();
        return eventually('the service to notice', () => session.state === 'closed');
      case 'failed':
        this.sockets.broken = true;
        // The next keep-alive or re-arming triggers it.
        return eventually('the service to give the stream up', () => session.state === 'closed');
    }
  }

  async close(): Promise<void> {
    this.client.close();
    this.bystander?.close();
    await (this.stopped ?? this.service.stop());
  }

  #hears(): Promise<void> {
    const event = `{"updated_at":${this.#value}}`;
    return eventually(`to receive ${event}`, () => this.client.peer.received.includes(event));
  }

  /** The pass cannot reach it at once: its peer does not read, or one event has used the token of this second. */
  async #fallBehind(): Promise<void> {
    if (this.session.state === 'streaming') {
      await this.#publish();
      await this.#hears();
    }
    const channel = [...this.service.container.get(TOKENS.hub).channels.values()][0];
    const before = channel?.version;
    expect((await this.service.publish('abc', ++this.#value)).status).to.equal(200);
    await eventually('the log to deliver it', () => channel !== undefined && channel.version !== before);
  }

  /** The log stores it, and the pass has ended. */
  async #publish(): Promise<void> {
    const hub = this.service.container.get(TOKENS.hub);
    const channel = [...hub.channels.values()][0];
    const before = channel?.version ?? 0;
    if (this.stopped === undefined) expect((await this.service.publish('abc', ++this.#value)).status).to.equal(200);
    else await this.#publishInside();
    await eventually('the pass to end', () => channel?.version === before + 1 && channel.state !== 'spreading');
  }

  /** While the service drains it accepts no connections; updates that others store still come from the log. */
  async #publishInside(): Promise<void> {
    const changes = this.service.container.get(TOKENS.changes);
    const value = String(++this.#value) as Parameters<typeof changes.change>[1];
    expect(await changes.change(env('abc'), value)).to.equal('stored');
  }
}

/** What the client sees of a stream that is closed, by the event that closed it. */
const ENDINGS: Readonly<Partial<Record<SessionEvent, readonly StreamPeer['ending'][]>>> = {
  end: ['ended'],
  endBehind: ['ended'],
  drainedBehind: ['ended'],
  drainedCurrent: ['ended'],
  giveUp: ['cut'],
  // A reset over HTTP/2 first ends a stream that has nothing left to write.
  failed: ['cut', 'ended'],
};

for (const wire of WIRES)
  describe(`a session over real sockets on ${wire.name}`, () => {
    for (const { title, from, way, event, next, isIgnored } of sessionPaths()) {
      // Whether a held socket is kept from its time-out takes half a minute to see: the test of patience does.
      if (isIgnored || (event === 'keepAliveDue' && from !== 'streaming')) continue;
      it(title, async () => {
        const driven = await Driven.start(wire, [...way, event]);
        try {
          for (const each of way) await driven.cause(each);
          expect(driven.session.state).to.equal(from);
          await driven.cause(event);
          await eventually(`the state ${next}`, () => driven.session.state === next);
          if (next !== 'closed') return;
          expect([...driven.service.container.get(TOKENS.hub).sessions()]).to.not.include(driven.session);
          const { peer } = driven.client;
          peer.readOn();
          const ending = ENDINGS[event];
          if (ending === undefined) return;
          await eventually('the end to be seen', () => peer.ending !== 'open');
          expect(ending).to.include(peer.ending);
        } finally {
          await driven.close();
        }
      });
    }
  });
