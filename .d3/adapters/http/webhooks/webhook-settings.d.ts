import { type EnvironmentId } from '../../../domain/environment-id.ts';
import type { SettingsGroup } from '../../common/settings-group.ts';
/** What the variables say of the webhook door. */
export interface WebhookSettings {
    /** None: the door does not exist. */
    readonly secrets: readonly string[];
    /** The environments of each project, by its number. */
    readonly environments: ReadonlyMap<number, readonly EnvironmentId[]>;
}
export declare const WEBHOOK_SETTINGS: SettingsGroup<{
    readonly webhooks: WebhookSettings;
}>;
