import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackDebianPackage } from "../../tests/support/servers/debian-package.js";
/** Where Debian's build wants to write, which only an installed package can: the module gets a place of the run's own. */
const SYSTEM_PLACE = '/var/lib/nginx/body';
/** nginx with the nchan module, from Debian's packages, unpacked without installing anything. One worker. */
export async function prepareNchan(port, keepAliveSeconds) {
    const root = await unpackDebianPackage({ name: 'libnginx-mod-nchan', dependencies: true });
    const place = await mkdtemp(join(tmpdir(), 'halyard-nchan-'));
    const module = await readFile(join(root, 'usr/lib/nginx/modules/ngx_nchan_module.so'));
    const at = module.indexOf(SYSTEM_PLACE);
    if (at >= 0)
        module.write(`.${'/'.repeat(SYSTEM_PLACE.length - 5)}body`, at, 'latin1');
    await writeFile(join(place, 'nchan.so'), module);
    await writeFile(join(place, 'nginx.conf'), configuration(place, port, keepAliveSeconds));
    return {
        command: [join(root, 'usr/sbin/nginx'), '-e', 'stderr', '-p', place, '-c', join(place, 'nginx.conf')],
        env: { LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu') },
        versions: 'nginx and libnginx-mod-nchan of Debian',
        remove: () => rm(place, { recursive: true, force: true }),
    };
}
function configuration(place, port, keepAliveSeconds) {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${place}/${what};`);
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
//# sourceMappingURL=nchan.js.map