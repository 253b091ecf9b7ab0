import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { pathOf, readDocument } from '../support/documents/repository.ts';

type Fields = Record<string, unknown>;

describe('.github/workflows/release.yml', () => {
  interface Workflow {
    readonly on: { readonly push: { readonly tags: readonly string[] } };
    readonly jobs: Record<string, { readonly steps: readonly Fields[] }>;
  }
  const text = readDocument('.github/workflows/release.yml');
  const workflow = parse(text) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  it('states that it was not run', () => expect(text.replaceAll('\n# ', ' ')).to.include('without having been run'));

  it('has steps that each use a pinned action or run a command, and no other keys', () => {
    expect(Object.keys(workflow)).to.have.members(['name', 'on', 'permissions', 'jobs']);
    for (const step of steps) {
      expect(['name', 'id', 'uses', 'with', 'run']).to.include.members(Object.keys(step));
      expect('uses' in step !== 'run' in step, JSON.stringify(step)).to.equal(true);
      if (typeof step['uses'] === 'string') expect(step['uses']).to.match(/^[\w-]+\/[\w-]+@v\d+$/);
    }
  });

  it('builds the image for both processors after all tests, and tags it with the version', () => {
    const build = steps.find((step) => String(step['uses']).startsWith('docker/build-push-action'))?.['with'] as Fields;
    expect(build).to.include({ file: 'docker/Dockerfile', platforms: 'linux/amd64,linux/arm64' });
    expect(existsSync(pathOf(String(build['file'])))).to.equal(true);
    const tests = steps.findIndex((step) => String(step['run']).includes('.ci/run'));
    expect(tests).to.be.within(0, steps.length - 2);
    expect(text).to.include('type=semver,pattern={{version}}');
    expect(build).to.include({ sbom: true, provenance: 'mode=max' });
  });

  it('renders the chart once more before it packs it, with the chart of NATS in it', () => {
    const of = (part: string): number => steps.findIndex((step) => String(step['run']).includes(part));
    expect(of('npm run chart && git diff --exit-code docker/kubernetes')).to.be.greaterThan(0);
    expect(of('helm package docker/helm/halyard --dependency-update')).to.be.greaterThan(of('npm run chart'));
    const { dependencies } = parse(readDocument('docker/helm/halyard/Chart.yaml')) as { dependencies: Fields[] };
    expect(dependencies.map(({ name, condition }) => [name, condition])).to.deep.equal([['nats', 'nats.enabled']]);
  });
});
