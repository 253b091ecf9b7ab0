/** The first release of nats-server without a known fault of this kind. */
export declare const SOUND_SERVER = "2.11.0";
/** What is wrong with streams on several nodes of this version. Nothing is known of a version that cannot be read. */
export declare function replicaFaults(version: string): readonly string[];
