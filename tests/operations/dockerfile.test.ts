import { existsSync } from 'node:fs';
import { normalize } from 'node:path';
import { expect } from 'chai';
import { DockerfileParser } from 'dockerfile-ast';
import { validate as lintDockerfile } from 'dockerfile-utils';
import { pathOf, readDocument } from '../support/documents/repository.ts';

describe('docker/Dockerfile', () => {
  const text = readDocument('docker/Dockerfile');
  const dockerfile = DockerfileParser.parse(text);
  const last = (keyword: string): string =>
    dockerfile
      .getInstructions()
      .filter((instruction) => instruction.getKeyword() === keyword)
      .at(-1)
      ?.getArgumentsContent() ?? '';

  it('passes a linter', () => {
    expect(lintDockerfile(text).map(({ message }) => message)).to.deep.equal([]);
    expect(lintDockerfile(`${text}\nCPOY . .`)).to.have.length(1);
  });

  it('builds on Debian trixie and Node 24 in every stage', () => {
    const images = dockerfile.getFROMs().map((from) => from.getImage());
    expect(images).to.deep.equal(['node:24-trixie-slim', 'debian:trixie-slim']);
  });

  it('states in its labels what it is, and its version', () => {
    const { version, license } = JSON.parse(readDocument('package.json')) as { version: string; license: string };
    const label = (name: string): string =>
      new RegExp(`org\\.opencontainers\\.image\\.${name}="([^"]*)"`).exec(last('LABEL'))?.[1] ?? '';
    expect([label('title'), label('version'), label('licenses')]).to.deep.equal(['Halyard', version, license]);
    expect(label('base.name')).to.equal(`docker.io/library/${dockerfile.getFROMs().at(-1)?.getImage()}`);
  });

  it('runs as a user by number, checks its own health, and accepts the argument of the older image', () => {
    expect(last('USER')).to.match(/^[1-9]\d+:[1-9]\d+$/);
    expect(last('HEALTHCHECK')).to.include('["halyard", "healthcheck"]');
    expect([last('ENTRYPOINT'), last('CMD')]).to.deep.equal(['["halyard"]', '["serve"]']);
  });

  it('copies only what exists and what its .dockerignore permits', () => {
    const let_ = readDocument('docker/Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFlags().length === 0)
      .flatMap((copy) =>
        copy
          .getArguments()
          .map((argument) => argument.getValue())
          .slice(0, -1),
      )
      .map((path) => normalize(path));
    expect(copied).to.have.members(let_);
    for (const path of copied) expect(existsSync(pathOf(path)), path).to.equal(true);
  });
});
