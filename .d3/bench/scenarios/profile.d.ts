import { type Bench, type Findings } from '../scenario.ts';
export declare const profile: {
    name: string;
    title: string;
    about: string;
    onlyByName: boolean;
    run(bench: Bench): Promise<Findings>;
};
