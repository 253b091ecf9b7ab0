import { type Certificate } from './certificate.ts';
/** A certificate and its key in files of a test's own. */
export declare class CertificateFiles {
    #private;
    readonly certFile: string;
    readonly keyFile: string;
    private constructor();
    static make(): Promise<CertificateFiles>;
    /** What makes the service speak TLS on a free port. */
    get environment(): Record<string, string>;
    put({ cert, key }: Pick<Certificate, 'cert' | 'key'>): Promise<void>;
    remove(): Promise<void>;
}
