export declare const WEBHOOK_SECRET = "whsecret";
export interface CapturedWebhook {
    readonly name: string;
    readonly body: Buffer;
    readonly signature: string;
}
/** What a real Flagsmith sent. */
export declare function capturedWebhooks(): readonly CapturedWebhook[];
export declare function capturedWebhook(name: string): CapturedWebhook;
