import { type Bench, type Findings } from '../scenario.ts';
export declare const workers: {
    name: string;
    title: string;
    about: string;
    run(bench: Bench): Promise<Findings>;
};
