type Collector = (options?: {
    readonly type: 'minor' | 'major';
}) => void;
/** V8's own garbage collection, at once. */
export declare function exposedCollector(): Collector;
/** What the heap holds after everything that can go is gone. */
export declare function usedHeapBytes(): Promise<number>;
export {};
