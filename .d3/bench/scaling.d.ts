import { type ScalingFacts } from './scenario.ts';
/** Writes the measured figures, and what follows from them, into the marked places of docs/scaling.md. */
export declare function fillScaling(text: string, facts: Partial<ScalingFacts>): string;
