/** The metrics as a monitoring system reads them. */
export interface MetricsPage {
    readonly contentType: string;
    render(): Promise<string>;
}
