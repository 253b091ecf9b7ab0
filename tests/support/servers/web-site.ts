import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The packages that pages load, as on npm. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '/flagsmith.js': join(dirname(require.resolve('flagsmith')), 'index.js'),
  '/@flagsmith/flagsmith.js': join(dirname(require.resolve('@flagsmith/flagsmith')), 'index.js'),
  '/react-native-sse.js': join(dirname(require.resolve('react-native-sse')), 'src', 'EventSource.js'),
};

/** A web site whose pages contain the given scripts: a separate origin for a browser. */
export class WebSite {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param pages the body of each page, by its path */
  static async open(pages: Readonly<Record<string, string>>): Promise<WebSite> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://site');
      const [page, script] = [pages[pathname], SCRIPTS[pathname]];
      if (page !== undefined) {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end(`<!doctype html><title>-</title>${page}`);
      } else if (script !== undefined) {
        response.setHeader('Content-Type', 'text/javascript');
        void readFile(script).then((text) => response.end(text));
      } else {
        response.statusCode = 404;
        response.end();
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WebSite(server);
  }

  url(path: string, parameters: Readonly<Record<string, string>> = {}): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${path}?${new URLSearchParams(parameters).toString()}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
