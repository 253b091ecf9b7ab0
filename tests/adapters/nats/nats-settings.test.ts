import { expect } from 'chai';
import { SettingsReader } from '../../../adapters/common/settings-reader.ts';
import { NATS_SETTINGS } from '../../../adapters/nats/nats-settings.ts';
import { NatsIdentityFiles } from '../../support/servers/nats-identity-files.ts';
import { NatsOperator } from '../../support/servers/nats-operator.ts';

function read(environment: Record<string, string>) {
  const problems: string[] = [];
  return { settings: NATS_SETTINGS.read(new SettingsReader(environment, problems)), problems };
}

const problems = (environment: Record<string, string>): readonly string[] => read(environment).problems;

describe('the settings of NATS', () => {
  it('have the documented defaults', () => {
    const { settings } = read({});
    expect(settings).to.deep.include({ files: {}, stream: 'environments-stream', replicas: 1 });
    expect(settings.address.servers).to.deep.equal(['127.0.0.1:4222']);
  });

  it('report every mistake by the name of its variable', () => {
    const mistaken = { NATS_URL: 'http://me:hidden@h', NATS_STREAM: 'a b', NATS_REPLICAS: '6' };
    expect(problems(mistaken).map((problem) => problem.split(' ')[0])).to.deep.equal(Object.keys(mistaken));
    expect(problems(mistaken).join()).not.to.include('hidden');
  });

  it('show their servers without credentials', () => {
    const [url] = NATS_SETTINGS.variables;
    expect(url?.shown?.('nats://me:hidden@a,b')).to.equal('nats://***@a:4222,nats://b:4222');
    expect(url?.shown?.('http://hidden@a')).to.equal('');
  });

  describe('with files', () => {
    let files: NatsIdentityFiles;
    beforeEach(() => void (files = new NatsIdentityFiles()));
    afterEach(() => files.close());

    it('have their paths, when they can be used', () => {
      const named = {
        ...files.ca,
        ...files.client,
        NATS_CREDS_FILE: files.put('me', new NatsOperator().credentials()),
      };
      expect(read(named)).to.deep.nested.include({ 'settings.files': named, problems: [] });
      expect(read({ NATS_CREDS_FILE: '' }).settings.files).to.deep.equal({});
    });

    it('report every one that cannot be used, by its variable', () => {
      expect(problems({ NATS_CA_FILE: files.path('none'), NATS_CREDS_FILE: files.path('none') })).to.deep.equal([
        `NATS_CREDS_FILE cannot be read (ENOENT): ${files.path('none')}`,
        `NATS_CA_FILE cannot be read (ENOENT): ${files.path('none')}`,
      ]);
    });

    it('refuse a certificate without its key, and a key without its certificate', () => {
      const { NATS_CERT_FILE, NATS_KEY_FILE } = files.client;
      expect(problems({ NATS_CERT_FILE })).to.deep.equal(['NATS_KEY_FILE is required with NATS_CERT_FILE']);
      expect(problems({ NATS_KEY_FILE })).to.deep.equal(['NATS_CERT_FILE is required with NATS_KEY_FILE']);
    });

    it('refuse credentials in a file beside those in the URL', () => {
      const named = { NATS_CREDS_FILE: files.put('me', new NatsOperator().credentials()) };
      for (const NATS_URL of ['nats://hidden@h', 'nats://me:hidden@h']) {
        const found = problems({ ...named, NATS_URL });
        expect(found).to.deep.equal(['NATS_CREDS_FILE and credentials in NATS_URL are both set: remove one of them']);
      }
      expect(problems({ ...named, NATS_URL: 'tls://h' })).to.deep.equal([]);
    });
  });
});
