/** The state diagrams of ARCHITECTURE.md, as the machines have them. */
export declare function stateDiagrams(): ReadonlyMap<string, string>;
