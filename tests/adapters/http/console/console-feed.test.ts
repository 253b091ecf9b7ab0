import { expect } from 'chai';
import { ConsoleFeed } from '../../../../adapters/http/console/console-feed.ts';
import type { StreamSocket } from '../../../../adapters/http/exchange.ts';
import { MemorySocket } from '../../../../adapters/memory/memory-socket.ts';
import { StepClock } from '../../../../adapters/memory/step-clock.ts';
import type { InstanceOverview } from '../../../../application/ports/instance-overview.ts';
import type { StreamHandle } from '../../../../application/ports/streams.ts';

interface Sent {
  readonly overview: { readonly reading: number };
  readonly lines: readonly { readonly event: string }[];
}

class PageSocket extends MemorySocket implements StreamSocket {
  handle: StreamHandle | undefined;

  attach(handle: StreamHandle): void {
    this.handle = handle;
  }

  get sent(): Sent[] {
    return this.frames.map((frame) => JSON.parse(frame.replace(/^data: /, '')) as Sent);
  }
}

function fed(): { feed: ConsoleFeed; clock: StepClock; events: string[]; readings: () => number } {
  const clock = new StepClock();
  const events: string[] = [];
  let readings = 0;
  const overviews = { read: () => ({ reading: ++readings }) as unknown as InstanceOverview };
  const lines = {
    get last() {
      return events.length;
    },
    after: (number: number) => events.slice(number).map((event) => ({ event, fields: {} })),
  };
  return { feed: new ConsoleFeed(overviews, lines, clock), clock, events, readings: () => readings };
}

describe('The feed of the console', () => {
  it('sends the state at once, with the lines so far, and then each second what is new', async () => {
    const { feed, clock, events } = fed();
    events.push('a', 'b');
    const socket = new PageSocket();
    feed.open(() => socket);
    events.push('c');
    await clock.advance(2000);
    expect(socket.sent.map(({ lines }) => lines.map(({ event }) => event))).to.deep.equal([['a', 'b'], ['c'], []]);
    expect(socket.sent.map(({ overview }) => overview.reading)).to.deep.equal([1, 2, 3]);
  });

  it('reads once a second for all pages, and not at all while none is open', async () => {
    const { feed, clock, readings } = fed();
    await clock.advance(5000);
    expect(readings()).to.equal(0);
    const [one, other] = [new PageSocket(), new PageSocket()];
    feed.open(() => one);
    feed.open(() => other);
    await clock.advance(3000);
    expect(readings()).to.equal(2 + 3);
    one.handle?.gone();
    other.handle?.gone();
    await clock.advance(60_000);
    expect(readings()).to.equal(5);
  });

  it('skips a page that does not read, until it does', async () => {
    const { feed, clock } = fed();
    const [slow, other] = [new PageSocket(), new PageSocket()];
    feed.open(() => slow);
    feed.open(() => other);
    slow.stopReading();
    await clock.advance(10_000);
    expect([slow.sent.length, other.sent.length]).to.deep.equal([2, 11]);
    slow.readOn();
    slow.handle?.drained();
    await clock.advance(1000);
    expect(slow.sent.at(-1)?.overview.reading).to.equal(other.sent.at(-1)?.overview.reading);
  });

  it('has room for eight pages, and again when one has left', async () => {
    const { feed, clock } = fed();
    const sockets = Array.from({ length: 8 }, () => new PageSocket());
    for (const socket of sockets) {
      expect(feed.hasRoom).to.equal(true);
      feed.open(() => socket);
    }
    expect(feed.hasRoom).to.equal(false);
    sockets[3]?.vanish();
    await clock.advance(1000);
    expect(feed.hasRoom).to.equal(true);
  });
});
