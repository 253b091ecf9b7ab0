/** A small SVG writer: enough for bars and lines, and readable on a light and on a dark page. */
export interface Plot {
    /** The file's name without its ending. */
    readonly file: string;
    readonly title: string;
    readonly svg: string;
}
export interface Line {
    readonly label: string;
    readonly points: readonly (readonly [x: number, y: number])[];
}
interface Axis {
    readonly label: string;
    readonly isLogarithmic?: boolean;
}
export declare function barPlot(file: string, title: string, unit: string, bars: readonly (readonly [string, number])[]): Plot;
export declare function linePlot(file: string, title: string, axes: {
    readonly x: Axis;
    readonly y: Axis;
}, lines: readonly Line[]): Plot;
export {};
