import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from './certificate.ts';

/** A certificate and its key in a test's own files. */
export class CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.certFile = join(folder, 'tls.crt');
    this.keyFile = join(folder, 'tls.key');
  }

  static async make(): Promise<CertificateFiles> {
    const files = new CertificateFiles(await mkdtemp(join(tmpdir(), 'halyard-tls-')));
    await files.put(makeCertificate());
    return files;
  }

  /** The variables that make the service speak TLS on a free port. */
  get environment(): Record<string, string> {
    return { HTTP2_LISTEN_ADDR: '127.0.0.1:0', TLS_CERT_FILE: this.certFile, TLS_KEY_FILE: this.keyFile };
  }

  async put({ cert, key }: Pick<Certificate, 'cert' | 'key'>): Promise<void> {
    await writeFile(this.keyFile, key, { mode: 0o600 });
    await writeFile(this.certFile, cert);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
