import { type Sdk } from './sdk.ts';
/**
 * React Native: `react-native-sse` as it was before it knew other line ends than LF. It goes through what an
 * XMLHttpRequest has received since the last blank line, obeys `retry:`, and never comes back after a network error.
 */
export declare const reactNative: Sdk;
