import { expect } from 'chai';
import { parsePostgresUrl, type PostgresAddress, SSL_MODES } from '../../../adapters/postgres/postgres-url.ts';

function read(url: string): PostgresAddress {
  const address = parsePostgresUrl(url);
  if ('invalid' in address) throw new Error(address.invalid);
  return address;
}

function mistake(url: string): string {
  const address = parsePostgresUrl(url);
  return 'invalid' in address ? address.invalid : 'none';
}

describe('POSTGRES_URL', () => {
  it('has a user, a password, a host, a port and a database', () => {
    expect(read('postgres://me:secret@db.example:6432/flags')).to.deep.equal({
      hosts: [{ host: 'db.example', port: 6432 }],
      user: 'me',
      password: 'secret',
      database: 'flags',
      tls: { mode: 'prefer', rootCert: undefined, cert: undefined, key: undefined },
      redacted: 'postgres://***@db.example:6432/flags',
    });
  });

  it('has the defaults of libpq', () => {
    const { hosts, database, password } = read('postgresql://me@db');
    expect({ hosts, database, password }).to.deep.equal({
      hosts: [{ host: 'db', port: 5432 }],
      database: 'me',
      password: undefined,
    });
  });

  it('names several hosts in the order in which they are tried', () => {
    const { hosts, redacted } = read('postgres://me:p@a:1,[::1]:2,10.0.0.1/x?target_session_attrs=read-write');
    expect(hosts).to.deep.equal([
      { host: 'a', port: 1 },
      { host: '::1', port: 2 },
      { host: '10.0.0.1', port: 5432 },
    ]);
    expect(redacted).to.equal('postgres://***@a:1,[::1]:2,10.0.0.1:5432/x?target_session_attrs=read-write');
  });

  it('names the folder of a Unix socket in the place of a host, or as a parameter', () => {
    const socket = [{ host: '/var/run/postgresql', port: 5432 }];
    expect(read('postgres://me@%2Fvar%2Frun%2Fpostgresql/x').hosts).to.deep.equal(socket);
    expect(read('postgres://me@/x?host=/var/run/postgresql').hosts).to.deep.equal(socket);
    expect(read('postgres://me@%2Frun:6000/x').hosts).to.deep.equal([{ host: '/run', port: 6000 }]);
  });

  it('has what is percent-encoded, and a password with a bare @ or colon', () => {
    expect(read('postgres://m%40e:p%2Fw%3F@h/d%20b')).to.include({ user: 'm@e', password: 'p/w?', database: 'd b' });
    expect(read('postgres://me:p@s:s@h/d')).to.include({ user: 'me', password: 'p@s:s' });
  });

  it('has the TLS of libpq', () => {
    for (const mode of SSL_MODES) expect(read(`postgres://me@h/d?sslmode=${mode}`).tls.mode).to.equal(mode);
    const files = 'sslmode=verify-full&sslrootcert=/tls/ca.pem&sslcert=/tls/me.pem&sslkey=%2Ftls%2Fme.key';
    expect(read(`postgres://me@h/d?${files}`).tls).to.deep.equal({
      mode: 'verify-full',
      rootCert: '/tls/ca.pem',
      cert: '/tls/me.pem',
      key: '/tls/me.key',
    });
    expect(read('postgres://me@h/d?sslrootcert=system').tls.mode).to.equal('verify-full');
  });

  it('is refused with an error that says what is wrong', () => {
    const mistakes: Record<string, string> = {
      '': 'is required',
      'mysql://me@h/d': 'must begin with postgres:// or postgresql://',
      'me:secret@h/d': 'must begin with postgres:// or postgresql://',
      'postgres://h/d': 'has no user name',
      'postgres://:secret@h/d': 'has no user name',
      'postgres://me:sec/ret@h/d': 'has credentials with /, ?, # or a blank in them: percent-encode these',
      'postgres://me:se%ret@h/d': 'has credentials that are not percent-encoded UTF-8',
      'postgres://me:secret@/d': 'has no host',
      'postgres://me:secret@a,/d': '(host 2) has no host',
      'postgres://me:secret@a b/d': 'has an invalid host: expected a name, an IPv4 address or [IPv6]',
      'postgres://me:secret@[x]/d': 'has brackets around something that is not an IPv6 address',
      'postgres://me:secret@h:0/d': 'has a port that is not a number from 1 to 65535',
      'postgres://me:secret@h/%ff': 'has a database that is not percent-encoded UTF-8',
      'postgres://me:secret@h/d?sslmode=on':
        'has an invalid sslmode: expected one of disable, allow, prefer, require, verify-ca, verify-full',
      'postgres://me:secret@h/d?sslmode=': 'has an empty sslmode, or one that is not percent-encoded',
      'postgres://me:secret@h/d?sslcert=/a': 'has sslcert or sslkey without the other',
      'postgres://me:secret@h/d?sslrootcert=system&sslmode=require':
        'has sslrootcert=system, which needs sslmode=verify-full',
      'postgres://me:secret@h/d?target_session_attrs=standby':
        'has a target_session_attrs that is neither read-write nor primary',
      'postgres://me@h/d?password=secret':
        'has an unknown parameter: expected one of sslmode, sslrootcert, sslcert, sslkey, host, target_session_attrs',
    };
    for (const [url, why] of Object.entries(mistakes)) expect(mistake(url), url).to.equal(why);
  });

  it('never shows what may be a piece of a password', () => {
    for (const url of [
      'postgres://me:se cret@h/d',
      'postgres://me:secret',
      'postgres://me:x?secret=secret@secret:secret/',
    ])
      expect(mistake(url), url).not.to.include('cret').and.not.to.equal('none');
  });
});
