import type { ChangeDoor } from '../../../application/ports/change-door.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import type { Telemetry } from '../../../application/ports/telemetry.ts';
import type { RouteGroup } from '../routes.ts';
import type { SignedBody } from './signature-door.ts';
import type { WebhookSettings } from './webhook-settings.ts';
interface Ports {
    readonly door: ChangeDoor<SignedBody>;
    readonly telemetry: Telemetry;
    readonly logger: Logger;
}
/** The endpoint of webhooks, where there is a secret for it. */
export declare function webhookRoutes({ secrets, environments }: WebhookSettings, ports: Ports): readonly RouteGroup[];
export {};
