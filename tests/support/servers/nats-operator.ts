import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

/**
 * The decentralised way in which accounts of NATS are made: an operator signs accounts, and an account its users, who
 * need not be known to the server. The part of `nsc` that a test needs.
 */
export class NatsOperator {
  readonly #operator = nkeys.createOperator();
  readonly #system = nkeys.createAccount();
  readonly #account = nkeys.createAccount();

  /** Lines for a server's configuration. */
  get config(): string {
    const operator = signed(this.#operator, this.#operator, { type: 'operator' });
    const limits = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };
    const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const account = (key: KeyPair, more = {}) =>
      `${key.getPublicKey()}: ${signed(this.#operator, key, { type: 'account', limits: { ...limits, ...more } })}`;
    return [
      `operator: ${operator}`,
      `system_account: ${this.#system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account(this.#system)}, ${account(this.#account, storage)} }`,
    ].join('\n');
  }

  /** A user's credentials as in a file of `nsc`. */
  credentials(options: { readonly seedOf?: KeyPair; readonly expiresAtMs?: number } = {}): string {
    const user = nkeys.createUser();
    const expiry = options.expiresAtMs === undefined ? {} : { exp: Math.ceil(options.expiresAtMs / 1000) };
    const jwt = signed(this.#account, user, { type: 'user', subs: -1, data: -1, payload: -1 }, expiry);
    const seed = new TextDecoder().decode((options.seedOf ?? user).getSeed());
    return [
      '-----BEGIN NATS USER JWT-----',
      jwt,
      '------END NATS USER JWT------',
      '',
      '************************* IMPORTANT *************************',
      'NKEY Seed printed below can be used to sign and prove identity.',
      '',
      '-----BEGIN USER NKEY SEED-----',
      seed,
      '------END USER NKEY SEED------',
      '',
    ].join('\n');
  }
}

function signed(issuer: KeyPair, subject: KeyPair, nats: object, more = {}): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ typ: 'JWT', alg: 'ed25519-nkey' });
  const claims = encode({
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name: 'test',
    sub: subject.getPublicKey(),
    nats: { version: 2, ...nats },
    ...more,
  });
  const signature = issuer.sign(Buffer.from(`${head}.${claims}`));
  return `${head}.${claims}.${Buffer.from(signature).toString('base64url')}`;
}
