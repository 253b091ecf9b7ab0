import type { TlsFiles } from '../tls-files.ts';
import { TLS_1_2_SUITES } from '../tls-suites.ts';
import type { Uws, UwsApp } from './addon.ts';

/**
 * An app of a build with child apps, such as Node 24's: the app that listens hands each connection to a child before
 * the handshake, and children can be exchanged. The addon's type declarations leave these methods out.
 */
export type ParentApp = UwsApp & {
  getDescriptor(): unknown;
  addChildAppDescriptor(descriptor: unknown): void;
  removeChildAppDescriptor(descriptor: unknown): void;
};

export function adopts(app: UwsApp): app is ParentApp {
  const { getDescriptor, addChildAppDescriptor, removeChildAppDescriptor } = app as Partial<ParentApp>;
  return [getDescriptor, addChildAppDescriptor, removeChildAppDescriptor].every((call) => typeof call === 'function');
}

/**
 * An app with TLS 1.2 and 1.3. It selects no protocol by ALPN.
 *
 * @throws Error that names the files; the addon gives no reason, so check them beforehand
 */
export function secureApp(uws: Uws, { certFile, keyFile }: TlsFiles): UwsApp {
  try {
    return uws.SSLApp({ cert_file_name: certFile, key_file_name: keyFile, ssl_ciphers: TLS_1_2_SUITES.join(':') });
  } catch (cause) {
    throw new Error(`uWebSockets.js cannot use the certificate ${certFile} with the key ${keyFile}`, { cause });
  }
}
