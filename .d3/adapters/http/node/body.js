import { RequestBody } from "../request-body.js";
/**
 * Reads a request's body up to the limit. The callback is not called when the client goes away first; what comes
 * beyond the limit is dropped as it arrives.
 */
export function readNodeBody(request, limitBytes, take) {
    const body = new RequestBody(limitBytes);
    const read = (chunk) => {
        if (body.add(chunk))
            return;
        request.off('data', read).off('end', ended);
        request.resume();
        take('too_large');
    };
    const ended = () => take(body.bytes);
    request.on('data', read).on('end', ended);
}
//# sourceMappingURL=body.js.map