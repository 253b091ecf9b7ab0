import { type Bench, type Findings } from '../scenario.ts';
export declare const propagation: {
    name: string;
    title: string;
    about: string;
    run(bench: Bench): Promise<Findings>;
};
