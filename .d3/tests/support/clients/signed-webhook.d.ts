export interface SignedWebhook {
    readonly body: Buffer;
    readonly signature: string;
}
/** Signs a body as Flagsmith does. */
export declare function signed(body: string | Buffer, secret?: string): SignedWebhook;
/** An entry of the audit log, as far as it matters; `environment` is a key, and null for the whole project. */
export declare function auditLog(id: number, createdDate: unknown, environment: string | null, more?: object): string;
/** A change of one flag, which names its environment by number. */
export declare function flagUpdated(timestamp: unknown, environment: number, project: number): string;
