import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackDebianPackage } from '../../tests/support/servers/debian-package.ts';

/** Debian's build writes here, which only an installed package can: the module gets a folder of this run instead. */
const SYSTEM_PLACE = '/var/lib/nginx/body';

export interface NchanFiles {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly versions: string;
  remove(): Promise<void>;
}

interface NchanTls {
  readonly port: number;
  readonly protocol: 'http/1.1' | 'h2';
  readonly certFile: string;
  readonly keyFile: string;
}

/** nginx with the nchan module, from Debian's packages, unpacked without installing anything. One worker. */
export async function prepareNchan(port: number, keepAliveSeconds: number, tls?: NchanTls): Promise<NchanFiles> {
  const root = await unpackDebianPackage({ name: 'libnginx-mod-nchan', dependencies: true });
  const place = await mkdtemp(join(tmpdir(), 'halyard-nchan-'));
  const module = await readFile(join(root, 'usr/lib/nginx/modules/ngx_nchan_module.so'));
  const at = module.indexOf(SYSTEM_PLACE);
  if (at >= 0) module.write(`.${'/'.repeat(SYSTEM_PLACE.length - 5)}body`, at, 'latin1');
  await writeFile(join(place, 'nchan.so'), module);
  await writeFile(join(place, 'nginx.conf'), configuration(place, port, keepAliveSeconds, tls));
  return {
    command: [join(root, 'usr/sbin/nginx'), '-e', 'stderr', '-p', place, '-c', join(place, 'nginx.conf')],
    env: { LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu') },
    versions: 'nginx and libnginx-mod-nchan of Debian',
    remove: () => rm(place, { recursive: true, force: true }),
  };
}

/**
 * nginx before 1.23.4 needs a setting for TLS 1.3. The buffer of a connection is 16 KB by default, and kept: nginx's
 * manual recommends less if the first byte matters, and here it saves the rival a quarter of its memory.
 */
function secure({ port, protocol, certFile, keyFile }: NchanTls): string {
  return `
    listen 127.0.0.1:${port} ssl ${protocol === 'h2' ? 'http2' : ''} backlog=4096;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_buffer_size 4k;
    ssl_certificate ${certFile};
    ssl_certificate_key ${keyFile};`;
}

function configuration(place: string, port: number, keepAliveSeconds: number, tls?: NchanTls): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${place}/${what};`,
  );
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
load_module ${place}/nchan.so;
${user}
daemon off;
pid ${place}/pid;
error_log stderr warn;
worker_processes 1;
worker_rlimit_nofile 20000;
events { worker_connections 19900; multi_accept on; use epoll; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  ${temporary.join(' ')}
  nchan_max_reserved_memory 512M;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    ${tls === undefined ? '' : secure(tls)}
    location ~ ^/sse/environments/([A-Za-z0-9_-]+)/stream$ {
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_eventsource_event environment_updated;
      nchan_eventsource_ping_interval ${keepAliveSeconds};
      nchan_eventsource_ping_event "";
      nchan_eventsource_ping_comment "k";
      # With one message kept the oldest is the newest; asking for "-1" ends the worker with a failed assertion when there is none.
      nchan_subscriber_first_message oldest;
    }
    location ~ ^/sse/environments/([A-Za-z0-9_-]+)/queue-change$ {
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length 1;
      nchan_message_timeout 1h;
    }
  }
}
`;
}
