import cluster from 'node:cluster';

/**
 * Loaded before the service: no worker process can be forked, until a SIGUSR2 changes that and the next one changes it
 * back. `FORKS_FAIL` says how: `by event` from the start or `later`, or `by exception`.
 */
const how = process.env['FORKS_FAIL'] ?? '';
/** A missing folder fails like a limit that is reached; an invalid name is refused at once. */
const nowhere = how.includes('exception') ? 'no\0folder' : '/nonexistent';
let fail = !how.includes('later');

function arrange(): void {
  cluster.setupPrimary({ cwd: fail ? nowhere : process.cwd() });
}

if (cluster.isPrimary) {
  arrange();
  process.on('SIGUSR2', () => {
    fail = !fail;
    arrange();
    console.log(JSON.stringify({ level: 'info', event: fail ? 'forks_fail' : 'forks_succeed' }));
  });
}
