/** What the service was started to do. */
export type Command = {
    readonly kind: 'serve' | 'help' | 'version' | 'check-config';
} | {
    readonly kind: 'healthcheck';
    readonly probe: '/livez' | '/readyz';
} | {
    readonly kind: 'mistake';
    readonly message: string;
};
/** @param args what came after the program's name */
export declare function readCommand(args: readonly string[]): Command;
export declare function helpText(): string;
