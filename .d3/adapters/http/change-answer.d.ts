import { type Answer } from './answer.ts';
export declare const LOG_UNAVAILABLE: Answer;
/** How every endpoint answers a change that it was let in to announce: 200 with this JSON, or 503. */
export declare function answerToChange(outcome: 'stored' | 'unavailable', body: string): Answer;
