import { expect } from 'chai';
import { ConnectionBudget } from '../../../adapters/http/connection-budget.ts';
import { NodeServer } from '../../../adapters/http/node/server.ts';
import type { Routes } from '../../../adapters/http/routes.ts';
import { TlsCertificate } from '../../../adapters/http/tls-certificate.ts';
import { UwsServer } from '../../../adapters/http/uws/server.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import type { HttpListener } from '../../../application/ports/http-listener.ts';
import { CertificateFiles } from '../../support/servers/certificate-files.ts';
import { eventually } from '../../support/eventually.ts';
import { connectHttp2 } from '../../support/clients/http2-client.ts';
import { RawClient } from '../../support/clients/raw-client.ts';
import { RecordedLogger } from '../../support/memory/recorded-logger.ts';
import { serveSockets } from '../../support/memory/served-socket-world.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

describe('The budget of connections', () => {
  it('applies to all listeners together, and has room again when connections are closed', async () => {
    const files = await CertificateFiles.make();
    const certificate = new TlsCertificate(files, new SystemClock(), new RecordedLogger());
    const addresses = [{ host: '127.0.0.1', port: 0 }];
    const connections = new ConnectionBudget(4);
    const listeners: HttpListener[] = [];
    const serve = (make: (routes: Routes) => HttpListener): ReturnType<typeof serveSockets> =>
      serveSockets(
        (routes) => {
          const listener = make(routes);
          listeners.push(listener);
          return listener;
        },
        () => Promise.reject(new Error('nobody opens a stream here')),
      );
    const worlds = [
      await serve(
        (routes) => new UwsServer({ addresses, connections, sharePort: false }, routes, new RecordedLogger()),
      ),
      await serve((routes) => new NodeServer({ addresses, connections }, routes, new RecordedLogger())),
      await serve((routes) => new NodeServer({ addresses, connections, certificate }, routes, new RecordedLogger())),
      await serve(
        (routes) =>
          new UwsServer({ addresses, connections, sharePort: false, certificate }, routes, new RecordedLogger()),
      ),
    ];
    const [uws, node, tls, uwsTls] = listeners.map(({ ports }) => ports[0] ?? 0);

    const get = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
    /** Says something, and waits for the answer or the end. */
    async function talk(port: number | undefined, text: string): Promise<RawClient> {
      const client = await RawClient.connect(port ?? 0, '127.0.0.1', port === uwsTls ? { tls: {} } : {});
      client.send(text);
      await eventually('an answer or an end', () => client.bytes > 0 || client.ending !== 'open');
      return client;
    }
    /** Tries until it succeeds: the connections of the round before may not have been counted out yet. */
    async function firstOf<T>(attempt: () => Promise<T | undefined>): Promise<T> {
      let result: T | undefined;
      await eventually('room for one more', async () => {
        result = await attempt().catch(() => undefined);
        return result !== undefined;
      });
      return result as T;
    }
    // Whether the ones before were counted out is seen by whether the next ones get in.
    for (let round = 0; round < 3; round++) {
      const held: { readonly ending: string; destroy(): void }[] = [];
      for (const [port, text] of [
        [uws, get],
        [node, PREFACE],
        [uwsTls, get],
      ] as const)
        held.push(
          await firstOf(async () => {
            const client = await talk(port, text);
            return client.bytes > 0 ? client : undefined;
          }),
        );
      const session = await firstOf(() => connectHttp2(`https://127.0.0.1:${tls}`));
      const ending = (): string => (session.destroyed ? 'ended' : 'open');
      held.push({
        destroy: () => session.destroy(),
        get ending() {
          return ending();
        },
      });
      for (const port of [node, uws, tls]) expect((await talk(port, get)).text).to.equal('');
      // It is cut before the handshake.
      expect(await talk(uwsTls, get).catch((error: unknown) => (error as NodeJS.ErrnoException).code)).to.equal(
        'ECONNRESET',
      );
      expect(held.map(({ ending }) => ending)).to.deep.equal(['open', 'open', 'open', 'open']);
      for (const client of held) client.destroy();
    }
    for (const world of worlds) await world.close();
    await files.remove();
  });
});
