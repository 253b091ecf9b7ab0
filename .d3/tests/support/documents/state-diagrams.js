import { channelTable } from "../../../domain/environment-channel.machine.js";
import { sessionTable } from "../../../domain/subscriber-session.machine.js";
/** The state diagrams of ARCHITECTURE.md, as the machines have them. */
export function stateDiagrams() {
    return new Map([
        ['SubscriberSession', diagram(sessionTable)],
        ['EnvironmentChannel', diagram(channelTable)],
    ]);
}
/** In Mermaid: one arrow for each pair of states, with each event and its effects on a line of the arrow's label. */
function diagram(table) {
    const labels = new Map();
    for (const from of table.states)
        for (const event of table.events) {
            const step = table.steps[from]?.[event];
            if (step === undefined)
                continue;
            const arrow = `${from} --> ${step.next}`;
            const label = step.effects.length === 0 ? event : `${event} / ${step.effects.join(', ')}`;
            labels.set(arrow, [...(labels.get(arrow) ?? []), label]);
        }
    const finals = table.states.filter((state) => Object.keys(table.steps[state] ?? {}).length === 0);
    return [
        '```mermaid',
        'stateDiagram-v2',
        `  [*] --> ${table.initial}`,
        ...[...labels].map(([arrow, lines]) => `  ${arrow}: ${lines.join('<br>')}`),
        ...finals.map((state) => `  ${state} --> [*]`),
        '```',
    ].join('\n');
}
//# sourceMappingURL=state-diagrams.js.map