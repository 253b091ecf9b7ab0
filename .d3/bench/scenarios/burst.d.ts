import { type Bench, type Findings } from '../scenario.ts';
export declare const burst: {
    name: string;
    title: string;
    about: string;
    run(bench: Bench): Promise<Findings>;
};
