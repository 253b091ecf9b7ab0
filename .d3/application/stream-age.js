/**
 * The SDKs that do not work with an endless stream.
 * - Flutter (`Dart/`) opens a new stream every 29 s and never closes the old one: one must last a little longer than
 *   that, or updates fall into the gaps, and not much longer, or they pile up.
 * - Ruby (`Faraday`) reads the body only when the stream has ended.
 */
export const BUILT_IN_AGE_RULES = [
    { userAgentPrefix: 'Dart/', minMs: 31_000, maxMs: 39_000 },
    { userAgentPrefix: 'Faraday', minMs: 24_000, maxMs: 36_000 },
];
const SPREAD = 0.2;
/**
 * The age that a client's stream may reach, in milliseconds; Infinity where it may last.
 *
 * @param random uniform in [0, 1)
 */
export function streamAgeMs(policy, userAgent, random) {
    const rule = policy.rules.find(({ userAgentPrefix }) => userAgent.startsWith(userAgentPrefix));
    if (rule !== undefined)
        return rule.minMs + random() * (rule.maxMs - rule.minMs);
    if (policy.maxAgeMs === 0)
        return Infinity;
    return policy.maxAgeMs * (1 - SPREAD + 2 * SPREAD * random());
}
//# sourceMappingURL=stream-age.js.map