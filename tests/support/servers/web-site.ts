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
  ...openFeatureScripts(),
};

/** The packages of OpenFeature as modules, at the paths that they have where npm installed them for a web application. */
function openFeatureScripts(): Record<string, string> {
  const provider = require.resolve('@openfeature/ofrep-web-provider');
  // Here the older one of the Node provider is beside it, and its own is in its folder.
  const core = createRequire(provider).resolve('@openfeature/ofrep-core');
  const modules = {
    'core/dist/esm/index.js': join(dirname(require.resolve('@openfeature/core')), '..', 'esm', 'index.js'),
    'web-sdk/dist/esm/index.js': join(dirname(require.resolve('@openfeature/web-sdk')), '..', 'esm', 'index.js'),
    'react-sdk/dist/esm/index.js': join(dirname(require.resolve('@openfeature/react-sdk')), '..', 'esm', 'index.js'),
    'ofrep-core/index.esm.js': join(dirname(core), 'index.esm.js'),
    'ofrep-web-provider/index.esm.js': join(dirname(provider), 'index.esm.js'),
  };
  return Object.fromEntries(
    Object.entries(modules).map(([path, file]) => [`/node_modules/@openfeature/${path}`, file]),
  );
}

/** A web site whose pages contain the given scripts: a separate origin for a browser. */
export class WebSite {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param pages the body of each page, by its path, or the whole of it; a script where the path ends with `.js` */
  static async open(pages: Readonly<Record<string, string>>): Promise<WebSite> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://site');
      const [page, script] = [pages[pathname], SCRIPTS[pathname]];
      if (page !== undefined) {
        const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
        response.setHeader('Content-Type', type);
        response.end(
          type === 'text/javascript' || page.startsWith('<!') ? page : `<!doctype html><title>-</title>${page}`,
        );
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
