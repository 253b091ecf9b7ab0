import { expect } from 'chai';
import { Routes } from "../../../../adapters/http/routes.js";
import { UwsStreamSocket } from "../../../../adapters/http/uws/stream-socket.js";
import { TOKENS } from "../../../../infrastructure/container.js";
import { eventually } from "../../../support/eventually.js";
import { startService, TOKEN } from "../../../support/servers/running-service.js";
/** The turn of a handler, with the microtasks that it leaves: the addon's cork is taken for as long. */
let inHandlersTurn = false;
function asHandler(run) {
    inHandlersTurn = true;
    // Before anything that the handler puts off: so this ends the turn, and not what comes after it.
    setImmediate(() => (inHandlersTurn = false));
    run();
}
/** Records what is done to a response, and whether it was corked and outside a handler. */
class RecordingResponse {
    writes = [];
    #corks = 0;
    #corked = false;
    cork(run) {
        this.#corks++;
        this.#corked = true;
        run();
        this.#corked = false;
        return this;
    }
    write(frame) {
        this.writes.push({ frame, corks: this.#corked ? this.#corks : 0, inHandler: inHandlersTurn });
        return true;
    }
    end() {
        // The test is over.
    }
}
class MemoryExchange {
    isGone = false;
    method;
    path;
    response = new RecordingResponse();
    answered;
    #body;
    constructor(method, path, body = '') {
        this.method = method;
        this.path = path;
        this.#body = body;
    }
    header(name) {
        return name === 'authorization' ? `Token ${TOKEN}` : '';
    }
    headerLines() {
        throw new Error('streams are not counted by their address, so nothing is read for it');
    }
    peerAddress() {
        return this.headerLines();
    }
    contentLengths() {
        return 1;
    }
    readBody(_limitBytes, take) {
        take(Buffer.from(this.#body));
    }
    answer(answer) {
        this.answered = answer;
    }
    onGone() {
        // It stays.
    }
    beginStream({ keepAlive }) {
        return new UwsStreamSocket(this.response, keepAlive);
    }
}
describe('a fan-out on uWebSockets.js', () => {
    it('writes to each subscriber in a cork of its own, outside the turn of the POST that caused it', async () => {
        const service = await startService();
        const { container } = service;
        const routes = new Routes([...container.get(TOKENS.internalRoutes), ...container.get(TOKENS.publicRoutes)]);
        const streams = Array.from({ length: 50 }, () => new MemoryExchange('GET', '/sse/environments/a/stream'));
        for (const stream of streams)
            asHandler(() => routes.handle(stream));
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
//# sourceMappingURL=stream-socket.test.js.map