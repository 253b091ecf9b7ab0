import assert from 'node:assert/strict';
import type { SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
import { Patience } from './patience.ts';
import type { HeldStream, StreamPeer, SubscriberSocketWorld } from './subscriber-socket-world.ts';
import type { TestRunner } from './test-runner.ts';

/**
 * Declares what a session may rely on in every transport, one case per guarantee of the port.
 *
 * ```ts
 * import { describe, it } from 'node:test'; // or from mocha
 * import { subscriberSocketContract } from 'halyard/contract';
 *
 * subscriberSocketContract({ describe, it }, mySocketWorld);
 * ```
 *
 * @param makeWorld makes a world without a stream; it is called once per case
 */
export function subscriberSocketContract(
  { describe, it }: TestRunner,
  makeWorld: () => SubscriberSocketWorld | Promise<SubscriberSocketWorld>,
): void {
  describe("keeps the contract of a subscriber's socket", () => {
    for (const [title, check] of Object.entries(CASES))
      it(title, async () => {
        const world = await makeWorld();
        try {
          await check(() => world.open(), new Patience(world.patienceMs));
        } finally {
          await world.close();
        }
      });
  });
}

const LARGE_FRAME_BYTES = 64 * 1024;
/** Far more than any kernel buffers for a peer that does not read. */
const MAX_LARGE_FRAMES = 2000;
const BURST = 200;

type Check = (open: () => Promise<HeldStream>, patience: Patience) => Promise<void>;

const CASES: Readonly<Record<string, Check>> = {
  async 'writes frames whole and in order, each without waiting for the next'(open, patience) {
    const { socket, peer } = await open();
    const written: string[] = [];
    for (const value of ['1', '2', 'ü', '4']) {
      const frame = `data: ${value}\n\n`;
      assert.equal(socket.write(frame), 'sent');
      written.push(frame);
      await patience.until(`frame ${value} arrives`, () => events(peer).length === written.length);
    }
    assert.deepEqual(events(peer), written);
  },

  async 'sends a burst to a peer that reads'(open, patience) {
    const { socket, peer } = await open();
    const written = Array.from({ length: BURST }, (_, index) => `data: ${index}\n\n`);
    for (const frame of written) {
      assert.equal(socket.write(frame), 'sent');
      await nextTurn();
    }
    await patience.until('the burst arrives', () => events(peer).length === written.length);
    assert.deepEqual(events(peer), written);
  },

  async 'writes a keep-alive that is a comment'(open, patience) {
    const { socket, peer } = await open();
    const before = peer.received.length;
    assert.equal(socket.writeKeepAlive(), 'sent');
    await patience.until('the comment arrives', () => peer.received.length > before);
    assert.match(peer.received.slice(before), /^:\n\n/);
  },

  async 'says that it is congested when the peer does not read, and reports once that it has drained'(open, patience) {
    const { socket, peer, reported } = await open();
    const written = await congest(socket, peer);
    socket.rearm();
    assert.deepEqual([reported.drained, reported.gone], [0, 0]);
    peer.readOn();
    await patience.until('the drain is reported', () => reported.drained > 0);
    await patience.until('everything arrives', () => peer.received.length >= written.join('').length);
    await patience.until('every frame arrives', () => events(peer).length === written.length);
    assert.ok(events(peer).join('') === written.join(''), 'frames do not arrive as they were written');
    assert.equal(socket.write('data: last\n\n'), 'sent');
    await patience.until('the next frame arrives', () => events(peer).at(-1) === 'data: last\n\n');
    assert.deepEqual([reported.drained, reported.gone], [1, 0]);
  },

  async 'ends properly, after everything that was written'(open, patience) {
    const { socket, peer } = await open();
    socket.write('data: last\n\n');
    socket.end();
    await patience.until('the end comes', () => peer.ending !== 'open');
    assert.deepEqual([peer.ending, ...events(peer)], ['ended', 'data: last\n\n']);
  },

  async 'cuts a stream that it closes because the peer does not read'(open, patience) {
    const { socket, peer } = await open();
    await congest(socket, peer);
    socket.close();
    peer.readOn();
    await patience.until('the cut comes', () => peer.ending !== 'open');
    assert.equal(peer.ending, 'cut');
  },

  async 'writes nothing after its end, and ignores every later call'(open, patience) {
    for (const finish of ['end', 'close'] as const) {
      const { socket, peer } = await open();
      socket[finish]();
      await patience.until('the end comes', () => peer.ending !== 'open');
      const { ending, received } = peer;
      assertIgnoresCalls(socket);
      await nextTurn();
      assert.deepEqual([peer.ending, peer.received], [ending, received]);
    }
  },

  async 'reports a peer that vanishes, and no longer writes to it'(open, patience) {
    for (const reads of [true, false]) {
      const { socket, peer, reported } = await open();
      if (!reads) await congest(socket, peer);
      peer.vanish();
      await patience.until('the loss is reported', () => reported.gone > 0);
      assert.deepEqual([reported.drained, reported.gone], [0, 1]);
      assertIgnoresCalls(socket);
    }
  },

  async 'keeps its streams apart'(open, patience) {
    const [first, second, third] = [await open(), await open(), await open()];
    await congest(first.socket, first.peer);
    second.socket.close();
    assert.equal(third.socket.write('data: 1\n\n'), 'sent');
    await patience.until('the event arrives on the third stream', () => events(third.peer).length === 1);
    assert.deepEqual([first.peer.ending, third.peer.ending], ['open', 'open']);
  },
};

/** The events of a stream: a transport may put comments between them. */
function events(peer: StreamPeer): string[] {
  return peer.received.split(/(?<=\n\n)/).filter((block) => block.startsWith('data:') && block.endsWith('\n\n'));
}

/** Writes to a peer that stops reading until the socket says so, and returns what was written. */
async function congest(socket: SubscriberSocket, peer: StreamPeer): Promise<readonly string[]> {
  peer.stopReading();
  const written: string[] = [];
  let outcome: WriteOutcome = 'sent';
  while (outcome === 'sent' && written.length < MAX_LARGE_FRAMES) {
    const frame = `data: ${written.length} ${'x'.repeat(LARGE_FRAME_BYTES)}\n\n`;
    outcome = socket.write(frame);
    written.push(frame);
    await nextTurn();
  }
  assert.equal(outcome, 'congested');
  return written;
}

function assertIgnoresCalls(socket: SubscriberSocket): void {
  assert.equal(socket.write('data: late\n\n'), 'closed');
  assert.equal(socket.writeKeepAlive(), 'closed');
  socket.rearm();
  socket.end();
  socket.close();
}

/** Sessions write once per turn of the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
