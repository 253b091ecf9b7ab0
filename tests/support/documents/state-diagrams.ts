import { channelTable } from '../../../domain/environment-channel.machine.ts';
import type { MachineTable } from '../../../domain/machine-table.ts';
import { sessionTable } from '../../../domain/subscriber-session.machine.ts';

/** The state diagrams of ARCHITECTURE.md, generated from the machines. */
export function stateDiagrams(): ReadonlyMap<string, string> {
  return new Map([
    ['SubscriberSession', diagram(sessionTable)],
    ['EnvironmentChannel', diagram(channelTable)],
  ]);
}

/** In Mermaid: one arrow for each pair of states, with each event and its effects on a line of the arrow's label. */
function diagram(table: MachineTable<string, string, string>): string {
  const labels = new Map<string, string[]>();
  for (const from of table.states)
    for (const event of table.events) {
      const step = table.steps[from]?.[event];
      if (step === undefined) continue;
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
