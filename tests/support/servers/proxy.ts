import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from './certificate-files.ts';
import { debianProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { eventually } from '../eventually.ts';
import { readDocument } from '../documents/repository.ts';

/** A proxy with the configuration of the guide, in front of a service. */
export class Proxy {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #output = '';

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output = (this.#output + text).slice(-5000)));
  }

  /**
   * @param changes what the test changes in the guide's configuration, besides ports and certificates
   * @param guide the document, if it is not the one on HTTP/2
   */
  static async nginx(files: CertificateFiles, target: number, changes: Changes = [], guide?: string): Promise<Proxy> {
    const { folder, port, path } = await prepare(
      'nginx',
      [
        [':8080', `:${target}`],
        ['/etc/ssl/flags.example.com.crt', files.certFile],
        ['/etc/ssl/flags.example.com.key', files.keyFile],
        ...changes,
      ],
      guide,
    );
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder};`);
    const main = join(folder, 'main.conf');
    await writeFile(
      main,
      `daemon off; pid ${folder}/pid; error_log stderr; events {}\n` +
        `http { access_log off; ${paths.join(' ')} include ${path}; }\n`,
    );
    const nginx = await debianProgram('nginx', 'usr/sbin/nginx');
    return Proxy.#started(port, nginx.spawn(['-e', 'stderr', '-p', folder, '-c', main]), folder);
  }

  static async haproxy(files: CertificateFiles, target: number, changes: Changes = [], guide?: string): Promise<Proxy> {
    const pem = `${files.certFile}.pem`;
    await writeFile(pem, (await readFile(files.certFile, 'utf8')) + (await readFile(files.keyFile, 'utf8')));
    const { folder, port, path } = await prepare(
      'haproxy',
      [['/etc/haproxy/flags.example.com.pem', pem], ...changes, [':8080', `:${target}`]],
      guide,
    );
    const haproxy = await debianProgram('haproxy', 'usr/sbin/haproxy');
    return Proxy.#started(port, haproxy.spawn(['-db', '-f', path]), folder);
  }

  /** HAProxy with a configuration of the test's own, which has it listen on the port. */
  static async haproxyWith(config: string, port: number): Promise<Proxy> {
    const folder = await mkdtemp(join(tmpdir(), 'halyard-haproxy-'));
    const path = join(folder, 'haproxy.conf');
    await writeFile(path, config);
    const haproxy = await debianProgram('haproxy', 'usr/sbin/haproxy');
    return Proxy.#started(port, haproxy.spawn(['-db', '-f', path]), folder);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  static async #started(port: number, child: ChildProcess, folder: string): Promise<Proxy> {
    const proxy = new Proxy(`https://127.0.0.1:${port}`, child, folder);
    await eventually('the proxy to listen', async () => {
      if (child.exitCode !== null) throw new Error(`the proxy ended:\n${proxy.#output}`);
      return accepts(port);
    });
    return proxy;
  }
}

type Changes = readonly (readonly [from: string, to: string])[];

/** The guide's configuration, listening on a free port. */
async function prepare(
  language: 'nginx' | 'haproxy',
  changes: Changes,
  document = 'docs/http2.md',
): Promise<{ folder: string; port: number; path: string }> {
  const guide = readDocument(document);
  let text = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(guide)?.[1] ?? '';
  const port = await freePort();
  const listen =
    language === 'nginx'
      ? (['listen 443', `listen 127.0.0.1:${port}`] as const)
      : ([':443', `127.0.0.1:${port}`] as const);
  for (const [from, to] of [listen, ...changes]) {
    if (!text.includes(from)) throw new Error(`the configuration for ${language} in ${document} has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  const folder = await mkdtemp(join(tmpdir(), `halyard-${language}-`));
  const path = join(folder, `${language}.conf`);
  await writeFile(path, text);
  return { folder, port, path };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
