/**
 * How long streams may last. Most clients keep one for as long as they want; a few SDKs need one that ends now and
 * then, and are recognised by the beginning of their User-Agent.
 */
export interface StreamAgePolicy {
  /** Milliseconds; 0 is unlimited. Spread by a fifth either way, so that clients do not all reconnect at once. */
  readonly maxAgeMs: number;
  readonly rules: readonly StreamAgeRule[];
}

export interface StreamAgeRule {
  readonly userAgentPrefix: string;
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The Android SDK, which reconnects after a proper end and never after a cut: its streams end before the half hour or
 * the hour after which load balancers cut them.
 */
export const ANDROID_AGE_RULE: StreamAgeRule = {
  userAgentPrefix: 'flagsmith-kotlin-android-sdk/',
  minMs: 25 * 60_000,
  maxMs: 29 * 60_000,
};

/**
 * The SDKs that do not work with an endless stream.
 * - Flutter (`Dart/`) opens a new stream every 29 s and never closes the old one: a stream must last a little longer
 *   than that, or updates are missed in the gaps, and not much longer, or streams pile up.
 * - Ruby (`Faraday`) reads the body only when the stream has ended.
 */
export const BUILT_IN_AGE_RULES: readonly StreamAgeRule[] = [
  { userAgentPrefix: 'Dart/', minMs: 31_000, maxMs: 39_000 },
  { userAgentPrefix: 'Faraday', minMs: 24_000, maxMs: 36_000 },
  ANDROID_AGE_RULE,
];

const SPREAD = 0.2;

/**
 * The age that a client's stream may reach, in milliseconds; Infinity: without a limit.
 *
 * @param random uniform in [0, 1)
 */
export function streamAgeMs(policy: StreamAgePolicy, userAgent: string, random: () => number): number {
  const rule = policy.rules.find(({ userAgentPrefix }) => userAgent.startsWith(userAgentPrefix));
  if (rule !== undefined) return rule.minMs + random() * (rule.maxMs - rule.minMs);
  if (policy.maxAgeMs === 0) return Infinity;
  return policy.maxAgeMs * (1 - SPREAD + 2 * SPREAD * random());
}
