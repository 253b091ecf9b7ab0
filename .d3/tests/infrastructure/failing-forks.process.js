import cluster from 'node:cluster';
/**
 * Loaded before the service: there is no process to be had for a worker, until a SIGUSR2 changes that and the next one
 * changes it back. `FORKS_FAIL` says how: `by event` from the start or `later`, or `by exception`.
 */
const how = process.env['FORKS_FAIL'] ?? '';
/** A folder that is not there fails like a limit that is reached; a name that none can have is refused at once. */
const nowhere = how.includes('exception') ? 'no\0folder' : '/nonexistent';
let fail = !how.includes('later');
function arrange() {
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
//# sourceMappingURL=failing-forks.process.js.map