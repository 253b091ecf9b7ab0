import { type Browser } from 'playwright-core';
/**
 * Starts a headless Chromium with a new, empty profile: `CHROMIUM_BIN`, else one on the PATH, else Debian's package,
 * unpacked into the user's cache with all that it needs.
 */
export declare function launchChromium(): Promise<Browser>;
