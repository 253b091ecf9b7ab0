/** A web site whose pages hold the given scripts: an origin of its own for a browser. */
export declare class WebSite {
    #private;
    private constructor();
    /** @param pages the body of each page, by its path */
    static open(pages: Readonly<Record<string, string>>): Promise<WebSite>;
    url(path: string, parameters?: Readonly<Record<string, string>>): string;
    close(): Promise<void>;
}
