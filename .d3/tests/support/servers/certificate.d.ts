/** A certificate and its key; both are PEM. */
export interface Certificate {
    readonly commonName: string;
    readonly cert: string;
    readonly key: string;
}
interface CertificateOptions {
    readonly commonName?: string;
    readonly names?: readonly string[];
    /** IPv4. */
    readonly addresses?: readonly string[];
    /** The authority that signs it; without one it signs itself, and is an authority. */
    readonly issuer?: Certificate;
}
/** Makes one, without a tool that the machine may lack: a certificate is a handful of nested DER values. */
export declare function makeCertificate(options?: CertificateOptions): Certificate;
export {};
