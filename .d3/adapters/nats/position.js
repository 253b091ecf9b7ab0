import { countIn } from "./untrusted.js";
/**
 * Reads the reply subject of a delivered message, which JetStream uses for its metadata:
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<nanoseconds>.<pending>`, since 2.9 with a
 * domain and an account before the stream, and a random token at the end.
 */
export function parsePosition(reply) {
    const tokens = reply?.split('.') ?? [];
    if (tokens[0] !== '$JS' || tokens[1] !== 'ACK')
        return undefined;
    const start = tokens.length === 9 ? 5 : 7;
    if (tokens.length !== 9 && tokens.length < 11)
        return undefined;
    const [streamSequence, deliverySequence, , pending] = tokens.slice(start, start + 4).map(countIn);
    // Nanoseconds have more digits than a double; without the last six they are the milliseconds.
    const storedAtMs = countIn(tokens[start + 2]?.slice(0, -6));
    if (streamSequence === undefined || deliverySequence === undefined || storedAtMs === undefined)
        return undefined;
    return pending === undefined ? undefined : { streamSequence, deliverySequence, storedAtMs, pending };
}
//# sourceMappingURL=position.js.map