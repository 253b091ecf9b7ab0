import { once } from 'node:events';
import { createServer } from 'node:net';
/** Below the ports that the kernel gives to whatever connects, or listens on port 0: none of those takes one of ours. */
const [FIRST, LAST] = [10_000, 32_000];
/**
 * A port that nobody has, for programs that cannot be asked which one they took, and for those that leave it for a
 * moment and take it again. No other test run gets it while this process lives.
 */
export async function freePort() {
    for (;;) {
        const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
        // The name is in the kernel alone, and gone with the process.
        if ((await listens(`\0halyard-test-port-${port}`, { keeps: true })) && (await listens(port, { keeps: false })))
            return port;
    }
}
async function listens(address, { keeps }) {
    const probe = createServer().unref();
    try {
        probe.listen(address);
        await once(probe, 'listening');
    }
    catch {
        return false;
    }
    if (keeps)
        return true;
    probe.close();
    await once(probe, 'close');
    return true;
}
//# sourceMappingURL=free-port.js.map