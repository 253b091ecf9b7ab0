import { expect } from 'chai';
import { getShortestPaths } from 'xstate/graph';
import {
  type SessionEvent,
  sessionMachine,
  type SessionState,
  sessionTable,
} from '../../domain/subscriber-session.machine.ts';
import type { SubscriberSession } from '../../domain/subscriber-session.ts';
import { TOKENS } from '../../infrastructure/container.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/raw-client.ts';
import { type RunningService, startService } from '../support/running-service.ts';
import { type Transport, TRANSPORTS } from '../support/transports.ts';

/** So large an event congests a socket after a few: the kernel takes megabytes before a write reports it. */
const EVENT_NAME = 'x'.repeat(1_000_000);

/** A real server with one real client, driven by the events of the session's machine. */
class Driven {
  readonly service: RunningService;
  readonly client: RawClient;
  readonly session: SubscriberSession;
  stopped: Promise<void> | undefined;
  #value = 0;

  private constructor(service: RunningService, client: RawClient, session: SubscriberSession) {
    this.service = service;
    this.client = client;
    this.session = session;
  }

  static async start({ environment }: Transport, way: readonly SessionEvent[]): Promise<Driven> {
    const service = await startService({
      ...environment,
      SSE_EVENT_NAME: EVENT_NAME,
      KEEP_ALIVE_SECONDS: way.includes('keepAliveDue') ? '1' : '60',
      CONGESTED_SECONDS: way.includes('giveUp') ? '1' : '60',
      DRAIN_SECONDS: '60',
    });
    const client = await RawClient.connect(service.port);
    client.send('GET /sse/environments/abc/stream HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.received('retry: ');
    const [session] = service.container.get(TOKENS.hub).sessions();
    return new Driven(service, client, session as SubscriberSession);
  }

  /** Brings the event about from outside, and waits until the client or the server shows it. */
  async cause(event: SessionEvent): Promise<void> {
    const { client, session } = this;
    switch (event) {
      case 'update':
        await this.#publish();
        return client.received(`{"updated_at":${this.#value}}`);
      case 'keepAliveDue': {
        const comments = (): number => client.text.split('\n:\n\n').length;
        const before = comments();
        return eventually('a keep-alive', () => comments() > before);
      }
      case 'congested':
        client.stopReading();
        for (let written = 0; session.state === 'streaming' && written < 100; written++) await this.#publish();
        return;
      case 'drainedBehind':
        await this.#publish();
        client.readOn();
        return client.received(`{"updated_at":${this.#value}}`);
      case 'drainedCurrent':
        client.readOn();
        return client.received(`{"updated_at":${this.#value}}`);
      case 'end':
        this.stopped = this.service.stop();
        return eventually('the end to begin', () => session.state === 'ending' || session.state === 'closed');
      case 'giveUp':
        return eventually('the service to give up', () => session.state === 'closed');
      case 'gone':
        client.reset();
        return eventually('the service to notice', () => session.state === 'closed');
    }
  }

  async close(): Promise<void> {
    this.client.destroy();
    await (this.stopped ?? this.service.stop());
  }

  /** The log takes it, and the pass has been and gone. */
  async #publish(): Promise<void> {
    const hub = this.service.container.get(TOKENS.hub);
    const channel = [...hub.channels.values()][0];
    const before = channel?.version ?? 0;
    if (this.stopped === undefined) expect((await this.service.publish('abc', ++this.#value)).status).to.equal(200);
    else await this.#publishInside();
    await eventually('the pass to end', () => channel?.version === before + 1 && channel.state !== 'spreading');
  }

  /** While the service drains it takes no connection any more; what others store still comes from the log. */
  async #publishInside(): Promise<void> {
    const changes = this.service.container.get(TOKENS.changes);
    const value = String(++this.#value) as Parameters<typeof changes.change>[1];
    const [environment] = this.service.container.get(TOKENS.hub).channels.keys();
    if (environment !== undefined) expect(await changes.change(environment, value)).to.equal('stored');
  }
}

/** What the client sees of a stream that is closed, by the event that closed it. */
const ENDINGS: Readonly<Partial<Record<SessionEvent, 'properly' | 'uncleanly'>>> = {
  end: 'properly',
  drainedBehind: 'properly',
  drainedCurrent: 'properly',
  giveUp: 'uncleanly',
};

for (const transport of TRANSPORTS)
  describe(`a session over real sockets on ${transport.name}`, function () {
    this.timeout(60_000);
    for (const path of getShortestPaths(sessionMachine)) {
      const from = path.state.value as SessionState;
      const way = path.steps
        .map((step) => step.event.type)
        .filter((type): type is SessionEvent => (sessionTable.events as readonly string[]).includes(type));
      for (const event of sessionTable.events) {
        const step = sessionTable.steps[from][event];
        // Whether a held socket is kept from its time-out takes half a minute to see: the test of patience does.
        if (step === undefined || (event === 'keepAliveDue' && from !== 'streaming')) continue;
        it(`${from} takes ${event}`, async () => {
          const driven = await Driven.start(transport, [...way, event]);
          try {
            for (const each of way) await driven.cause(each);
            expect(driven.session.state).to.equal(from);
            await driven.cause(event);
            await eventually(`the state ${step.next}`, () => driven.session.state === step.next);
            if (step.next !== 'closed') return;
            expect(driven.service.container.get(TOKENS.hub).subscribers).to.equal(0);
            const { client } = driven;
            client.readOn();
            if (ENDINGS[event] === 'properly') await client.received('\r\n0\r\n\r\n');
            if (ENDINGS[event] !== 'uncleanly') return;
            await client.closed();
            expect(client.text.endsWith('\r\n0\r\n\r\n')).to.equal(false);
          } finally {
            await driven.close();
          }
        });
      }
    }
  });
