import { type Bench, type Findings } from '../scenario.ts';
export declare const SUBSCRIBERS = 15000;
export declare const fanOut: {
    name: string;
    title: string;
    about: string;
    run(bench: Bench): Promise<Findings>;
};
