import { expect } from 'chai';
import { EventEmitter, once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { NativeSessions } from '../../adapters/http/node/native-sessions.ts';
import { AttackedService } from '../support/servers/attacked-service.ts';
import { connectHttp2, Http2Client } from '../support/clients/http2-client.ts';
import { RecordedLogger } from '../support/memory/recorded-logger.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The native part of an HTTP/2 session', () => {
  it(`is found on this Node (${process.versions.node}), and held until two turns after the close`, async () => {
    const logger = new RecordedLogger();
    const natives = new NativeSessions(logger);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const opened = once(server, 'session') as Promise<[ServerHttp2Session]>;
    const client = await connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [session] = await opened;
    natives.hold(session);
    expect([natives.size, logger.lines]).to.deep.equal([1, []]);
    const closed = new Promise<number>((resolve) => session.once('close', () => resolve(natives.size)));
    client.destroy();
    expect(await closed).to.equal(1);
    await nextTurn();
    expect(natives.size, 'a turn later').to.equal(1);
    await nextTurn();
    expect(natives.size, 'two turns later').to.equal(0);
    server.close();
  });

  it('is skipped if Node keeps it elsewhere, which is logged once', () => {
    const logger = new RecordedLogger();
    const natives = new NativeSessions(logger);
    for (let session = 0; session < 3; session++) natives.hold(new EventEmitter() as unknown as ServerHttp2Session);
    expect(natives.size).to.equal(0);
    expect(logger.lines.map(({ level, event }) => [level, event])).to.deep.equal([
      ['warn', 'session_protection_missing'],
    ]);
  });

  it('is held by the service, without a warning', async () => {
    const service = await AttackedService.start();
    try {
      const session = await connectHttp2(service.url(''));
      expect((await new Http2Client(session, '/livez').answered()).status).to.equal(200);
      session.destroy();
      await service.serves();
      expect(service.logged('session_protection_missing')).to.equal(0);
    } finally {
      await service.stop();
    }
  });
});
