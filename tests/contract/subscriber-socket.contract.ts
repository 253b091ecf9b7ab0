import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { SubscriberSocket, WriteOutcome } from '../../domain/subscriber-socket.ts';
import { eventually } from '../support/eventually.ts';

/** The client at the other end of a stream. */
export interface StreamPeer {
  /** The body of the stream, as far as it has arrived. */
  readonly received: string;
  /** How the stream ended: properly, or by a broken connection or a reset. */
  readonly ending: 'open' | 'ended' | 'cut';
  stopReading(): void;
  readOn(): void;
  /** Goes away without a word. */
  vanish(): void;
}

/** A stream as the service holds it. */
export interface HeldStream {
  readonly socket: SubscriberSocket;
  readonly peer: StreamPeer;
  /** What the transport has reported. */
  readonly reported: { readonly drained: number; readonly gone: number };
}

export interface SocketWorld {
  open(): Promise<HeldStream>;
  /** Closes what is left. */
  close(): Promise<void>;
}

const LARGE_FRAME_BYTES = 64 * 1024;
/** Far more than any kernel buffers for a peer that does not read. */
const MAX_LARGE_FRAMES = 2000;

/** What a session may rely on in every transport. */
export function describeSubscriberSocketContract(name: string, makeWorld: () => Promise<SocketWorld>): void {
  describe(`${name} keeps the contract of a subscriber's socket`, () => {
    let world: SocketWorld;

    beforeEach(async () => {
      world = await makeWorld();
    });

    afterEach(() => world.close());

    it('writes frames whole and in order, each without waiting for the next', async () => {
      const { socket, peer } = await world.open();
      const written: string[] = [];
      for (const value of ['1', '2', 'ü', '4']) {
        const frame = `data: ${value}\n\n`;
        expect(socket.write(frame)).to.equal('sent');
        written.push(frame);
        await eventually(`frame ${value} to arrive`, () => events(peer).length === written.length);
      }
      expect(events(peer)).to.deep.equal(written);
    });

    it('takes a burst from a peer that reads', async () => {
      const { socket, peer } = await world.open();
      const written = Array.from({ length: 200 }, (_, index) => `data: ${index}\n\n`);
      for (const frame of written) {
        expect(socket.write(frame)).to.equal('sent');
        await nextTurn();
      }
      await eventually('the burst to arrive', () => events(peer).length === written.length);
      expect(events(peer)).to.deep.equal(written);
    });

    it('writes a keep-alive that is a comment', async () => {
      const { socket, peer } = await world.open();
      const before = peer.received.length;
      expect(socket.writeKeepAlive()).to.equal('sent');
      await eventually('the comment to arrive', () => peer.received.length > before);
      expect(peer.received.slice(before)).to.match(/^:\n\n/);
    });

    it('says that it is congested when the peer does not read, and reports once that it has drained', async () => {
      const { socket, peer, reported } = await world.open();
      peer.stopReading();
      const written: string[] = [];
      let outcome: WriteOutcome = 'sent';
      while (outcome === 'sent' && written.length < MAX_LARGE_FRAMES) {
        const frame = `data: ${written.length} ${'x'.repeat(LARGE_FRAME_BYTES)}\n\n`;
        outcome = socket.write(frame);
        written.push(frame);
        await nextTurn();
      }
      expect(outcome).to.equal('congested');
      socket.rearm();
      expect(reported).to.deep.equal({ drained: 0, gone: 0 });
      peer.readOn();
      await eventually('the drain to be reported', () => reported.drained > 0);
      await eventually('everything to arrive', () => peer.received.length >= written.join('').length);
      await eventually('every frame to arrive', () => events(peer).length === written.length);
      expect(events(peer).join('') === written.join(''), 'frames arrive as they were written').to.equal(true);
      expect(socket.write('data: last\n\n')).to.equal('sent');
      await eventually('the next frame to arrive', () => events(peer).at(-1) === 'data: last\n\n');
      expect(reported).to.deep.equal({ drained: 1, gone: 0 });
    });

    it('ends properly, after everything that was written', async () => {
      const { socket, peer } = await world.open();
      socket.write('data: last\n\n');
      socket.end();
      await eventually('the end', () => peer.ending !== 'open');
      expect([peer.ending, ...events(peer)]).to.deep.equal(['ended', 'data: last\n\n']);
    });

    it('cuts a stream that it closes for want of a reader', async () => {
      const { socket, peer } = await world.open();
      await congest(socket, peer);
      socket.close();
      peer.readOn();
      await eventually('the cut', () => peer.ending !== 'open');
      expect(peer.ending).to.equal('cut');
    });

    it('writes nothing after its end, and takes every call without a word', async () => {
      for (const finish of ['end', 'close'] as const) {
        const { socket, peer } = await world.open();
        socket[finish]();
        await eventually('the end', () => peer.ending !== 'open');
        const { ending, received } = peer;
        expect(socket.write('data: late\n\n')).to.equal('closed');
        expect(socket.writeKeepAlive()).to.equal('closed');
        socket.rearm();
        socket.end();
        socket.close();
        await nextTurn();
        expect([peer.ending, peer.received]).to.deep.equal([ending, received]);
      }
    });

    it('reports a peer that vanishes, and writes to it no more', async () => {
      for (const reads of [true, false]) {
        const { socket, peer, reported } = await world.open();
        if (!reads) await congest(socket, peer);
        peer.vanish();
        await eventually('the loss to be reported', () => reported.gone > 0);
        expect(reported).to.deep.equal({ drained: 0, gone: 1 });
        expect(socket.write('data: late\n\n')).to.equal('closed');
        expect(socket.writeKeepAlive()).to.equal('closed');
        socket.rearm();
        socket.end();
        socket.close();
      }
    });

    it('keeps its streams apart', async () => {
      const [first, second, third] = [await world.open(), await world.open(), await world.open()];
      await congest(first.socket, first.peer);
      second.socket.close();
      expect(third.socket.write('data: 1\n\n')).to.equal('sent');
      await eventually('the event on the third stream', () => events(third.peer).length === 1);
      expect([first.peer.ending, third.peer.ending]).to.deep.equal(['open', 'open']);
    });
  });
}

/** The events of a stream: a transport may put comments between them. */
function events(peer: StreamPeer): string[] {
  return peer.received.split(/(?<=\n\n)/).filter((block) => block.startsWith('data:') && block.endsWith('\n\n'));
}

async function congest(socket: SubscriberSocket, peer: StreamPeer): Promise<void> {
  peer.stopReading();
  for (let written = 0; written < MAX_LARGE_FRAMES; written++) {
    if (socket.write(`data: ${'x'.repeat(LARGE_FRAME_BYTES)}\n\n`) === 'congested') return;
    await nextTurn();
  }
  throw new Error('the peer does not read, and the socket never says that it is congested');
}

/** Sessions write once a turn of the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
