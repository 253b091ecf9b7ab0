import type { SettingsGroup } from '../common/settings-group.ts';
export interface TokenSettings {
    /** One, or two while one is being rotated. */
    readonly tokens: readonly string[];
}
export declare const TOKEN_SETTINGS: SettingsGroup<TokenSettings>;
