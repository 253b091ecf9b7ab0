/** A part of the body as the network brought it. An HTTP library may hold it back until its chunk is closed. */
export interface Piece {
    readonly text: string;
    /** The line end that closes a chunk has come. */
    readonly closesChunk: boolean;
}
/** The response of a stream, taken apart no further than HTTP does, so that each SDK's reader can do it its own way. */
export declare class HttpStream {
    #private;
    readonly status: number;
    readonly head: string;
    readonly isChunked: boolean;
    private constructor();
    /** @throws Error when there is no connection, or no whole head */
    static open(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpStream>;
    static read(source: AsyncIterator<string>): Promise<HttpStream>;
    /**
     * The body, until it ends as HTTP has it.
     *
     * @throws Error when the connection goes before that
     */
    pieces(): AsyncGenerator<Piece>;
    /** The body's lines, without their ends, whatever pieces they came in. */
    lines(): AsyncGenerator<string>;
}
