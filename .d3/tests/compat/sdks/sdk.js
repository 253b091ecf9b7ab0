export const EVENT_NAME = 'environment_updated';
/** The time in an event's data, or undefined where an SDK's JSON parser or its type would refuse it. */
export function updatedAtIn(data) {
    try {
        const { updated_at } = JSON.parse(data);
        return typeof updated_at === 'number' ? updated_at : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=sdk.js.map