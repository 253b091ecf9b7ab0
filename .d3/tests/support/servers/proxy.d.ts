import type { CertificateFiles } from './certificate-files.ts';
/** A proxy with the configuration that the guide gives, in front of a service. */
export declare class Proxy {
    #private;
    readonly url: string;
    private constructor();
    /** @param changes what is written otherwise in the test than in the guide, beside ports and certificates */
    static nginx(files: CertificateFiles, target: number, changes?: Changes): Promise<Proxy>;
    static haproxy(files: CertificateFiles, target: number, changes?: Changes): Promise<Proxy>;
    stop(): Promise<void>;
}
type Changes = readonly (readonly [from: string, to: string])[];
export {};
