import { statSync } from 'node:fs';
import { gauge } from "./metric-family.js";
const FOLDER = '/proc/self/fd';
const NAME = 'process_open_fds';
/**
 * Counts the open files by the size of their folder, which Linux tells since 6.2. The library reads the folder instead:
 * with 20,000 streams that holds everything up for 20 ms at each scrape. It stays where the size is not told.
 */
export function countOpenFilesCheaply(registry) {
    if (openFiles() === 0)
        return;
    registry.removeSingleMetric(NAME);
    gauge(registry, { name: NAME, help: 'Number of open file descriptors.' }, openFiles);
}
function openFiles() {
    return statSync(FOLDER, { throwIfNoEntry: false })?.size ?? 0;
}
//# sourceMappingURL=open-files.js.map