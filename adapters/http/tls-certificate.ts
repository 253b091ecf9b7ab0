import type { Clock, Timer } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { ServedCertificate } from '../../application/ports/served-certificate.ts';
import { messageOf } from '../../application/ports/message-of.ts';
import { haveThePair, readTlsFiles, type TlsFileMistake, type TlsFiles, type TlsPair } from './tls-files.ts';

/** How often the files are read: they are small, and a mounted secret changes in ways that no file watch reports. */
const POLL_MS = 5000;

/** @throws Error if it cannot use the pair: it continues with the previous one, and is given this one again later */
type TakePair = (pair: TlsPair) => void;

/** A listener's subscription to the certificate. */
export interface FollowedCertificate {
  /** The pair to begin with. */
  readonly pair: TlsPair;
  readonly stop: () => void;
}

/** The certificate and its key, as their files have them now: one watch for all listeners that show them. */
export class TlsCertificate implements ServedCertificate {
  readonly files: TlsFiles;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The newest pair that every listener has accepted. */
  #pair: TlsPair | undefined;
  /** The listeners, and the pair that each accepted last. */
  readonly #followers = new Map<TakePair, TlsPair>();
  /** Why the files could not be used the last time they were looked at: the same mistake is reported once. */
  #refusal: string | undefined;
  #timer: Timer | undefined;

  constructor(files: TlsFiles, clock: Clock, logger: Logger) {
    this.files = files;
    this.#clock = clock;
    this.#logger = logger;
  }

  get notAfterMs(): number | undefined {
    return this.#pair?.notAfterMs;
  }

  /**
   * Gives a listener the pair, and calls back with each later one. Of files that cannot be used the reason is logged,
   * and the pair before stays. The files are looked at until the last listener stops.
   *
   * @throws Error if there is no pair yet and that of the files cannot be used
   */
  follow(take: TakePair): FollowedCertificate {
    const pair = this.#pair ?? this.#first();
    this.#followers.set(take, pair);
    this.#timer ??= this.#clock.after(POLL_MS, () => this.#look());
    const stop = (): void => {
      this.#followers.delete(take);
      if (this.#followers.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
    return { pair, stop };
  }

  #first(): TlsPair {
    const read = readTlsFiles(this.files);
    if ('invalid' in read) throw new Error(inWords(read.invalid));
    this.#loaded(read);
    return read;
  }

  #look(): void {
    this.#timer = this.#clock.after(POLL_MS, () => this.#look());
    const taken = [...this.#followers.values()];
    if (taken.every((pair) => haveThePair(this.files, pair))) {
      this.#refusal = undefined;
      return;
    }
    const read = readTlsFiles(this.files);
    if ('invalid' in read) return this.#refuse(inWords(read.invalid));
    try {
      this.#give(read);
    } catch (error) {
      return this.#refuse(messageOf(error));
    }
    this.#refusal = undefined;
    this.#loaded(read);
  }

  #give(pair: TlsPair): void {
    for (const [take, { cert, key }] of this.#followers) {
      if (cert === pair.cert && key === pair.key) continue;
      take(pair);
      this.#followers.set(take, pair);
    }
  }

  #refuse(reason: string): void {
    if (reason !== this.#refusal) this.#logger.error('certificate_refused', { ...this.files, reason });
    this.#refusal = reason;
  }

  #loaded(pair: TlsPair): void {
    this.#pair = pair;
    const { subject, notBeforeMs, notAfterMs } = pair;
    const validity = {
      validFrom: new Date(notBeforeMs).toISOString(),
      validTo: new Date(notAfterMs).toISOString(),
    };
    this.#logger.info('certificate_loaded', { subject, ...validity });
    const nowMs = this.#clock.epochMs();
    if (nowMs < notBeforeMs || nowMs > notAfterMs)
      this.#logger.warn('certificate_not_valid_now', { subject, ...validity });
  }
}

function inWords(mistakes: readonly TlsFileMistake[]): string {
  return mistakes.map(({ name, what }) => `${name} ${what}`).join('; ');
}
