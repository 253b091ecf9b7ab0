import { expect } from 'chai';
import type { HttpResponse } from 'uWebSockets.js';
import type { Answer } from '../../../../adapters/http/answer.ts';
import type { HttpExchange, StreamBeginning, StreamSocket } from '../../../../adapters/http/exchange.ts';
import { Routes } from '../../../../adapters/http/routes.ts';
import { UwsStreamSocket } from '../../../../adapters/http/uws/stream-socket.ts';
import { TOKENS } from '../../../../infrastructure/container.ts';
import { eventually } from '../../../support/eventually.ts';
import { startService, TOKEN } from '../../../support/servers/running-service.ts';

/** The turn of a handler, with the microtasks that it leaves: the addon's cork is taken for as long. */
let inHandlersTurn = false;
function asHandler(run: () => void): void {
  inHandlersTurn = true;
  // Before anything that the handler puts off: so this ends the turn, and not what comes after it.
  setImmediate(() => (inHandlersTurn = false));
  run();
}

/** Records what is done to a response, and whether it was corked and outside a handler. */
class RecordingResponse {
  readonly writes: { readonly frame: string; readonly corks: number; readonly inHandler: boolean }[] = [];
  #corks = 0;
  #corked = false;

  cork(run: () => void): this {
    this.#corks++;
    this.#corked = true;
    run();
    this.#corked = false;
    return this;
  }

  write(frame: string): boolean {
    this.writes.push({ frame, corks: this.#corked ? this.#corks : 0, inHandler: inHandlersTurn });
    return true;
  }

  end(): void {
    // The test has ended.
  }
}

class MemoryExchange implements HttpExchange {
  readonly isGone = false;
  readonly method: string;
  readonly path: string;
  readonly query = '';
  readonly response = new RecordingResponse();
  answered: Answer | undefined;
  readonly #body: string;

  constructor(method: string, path: string, body = '') {
    this.method = method;
    this.path = path;
    this.#body = body;
  }

  header(name: string): string {
    return name === 'authorization' ? `Token ${TOKEN}` : '';
  }

  headerLines(): never {
    throw new Error('streams are not counted by their address, so nothing is read for it');
  }

  peerAddress(): never {
    return this.headerLines();
  }

  contentLengths(): number {
    return 1;
  }

  readBody(_limitBytes: number, take: (body: Buffer | 'too_large') => void): void {
    take(Buffer.from(this.#body));
  }

  answer(answer: Answer): void {
    this.answered = answer;
  }

  onGone(): void {
    // It stays.
  }

  beginStream({ keepAlive }: StreamBeginning): StreamSocket {
    return new UwsStreamSocket(this.response as unknown as HttpResponse, keepAlive);
  }
}

describe('a fan-out on uWebSockets.js', () => {
  it('writes to each subscriber in a cork of its own, outside the turn of the POST that caused it', async () => {
    const service = await startService();
    const { container } = service;
    const routes = new Routes([...container.get(TOKENS.internalRoutes), ...container.get(TOKENS.publicRoutes)]);
    const streams = Array.from({ length: 50 }, () => new MemoryExchange('GET', '/sse/environments/a/stream'));
    for (const stream of streams) asHandler(() => routes.handle(stream));
    const post = new MemoryExchange('POST', '/sse/environments/a/queue-change', '{"updated_at":1}');
    asHandler(() => routes.handle(post));
    await eventually('every subscriber to hear', () => streams.every(({ response }) => response.writes.length > 0));
    expect(post.answered?.status).to.equal(200);
    for (const { response } of streams) {
      expect(response.writes.map(({ frame }) => frame.slice(0, 6))).to.deep.equal(['event:', ':\n\n']);
      // One cork for the event and the comment that closes its chunk, and never none.
      expect(response.writes.map(({ corks }) => corks)).to.deep.equal([1, 1]);
      expect(response.writes.map(({ inHandler }) => inHandler)).to.deep.equal([false, false]);
    }
    await service.stop();
  });
});
