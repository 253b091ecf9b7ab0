import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { Copy, DockerfileParser } from 'dockerfile-ast';
import { cacheDir } from '../support/servers/debian-package.ts';
import { readDocument, ROOT } from '../support/documents/repository.ts';
import { unpackBaseImage } from './base-images.ts';
import { buildEnvironment, contain, ended } from './contained.ts';

const run = promisify(execFile);

/** A stage of the build, and finally the image: its files and its metadata. */
interface Stage {
  readonly root: string;
  workingDirectory: string;
  readonly environment: Record<string, string>;
  user: string;
  entrypoint: readonly string[];
  command: readonly string[];
  healthcheck: readonly string[];
}

/**
 * Carries out docker/Dockerfile without a container engine: it supports the part of the language that
 * is used, and fails for anything else, so that it cannot silently differ from an engine.
 */
export class BuiltImage {
  readonly #work: string;
  readonly stage: Readonly<Stage>;

  private constructor(work: string, stage: Stage) {
    this.#work = work;
    this.stage = stage;
  }

  static async build(): Promise<BuiltImage> {
    if (process.getuid?.() !== 0)
      throw new Error('test:image makes a root file system and mounts it, which takes root: run it with sudo');
    await mkdir(cacheDir(), { recursive: true });
    const work = await mkdtemp(join(cacheDir(), 'image-build-'));
    try {
      const stages = new Map<string, Stage>();
      let stage: Stage | undefined;
      for (const instruction of DockerfileParser.parse(readDocument('docker/Dockerfile')).getInstructions()) {
        const [keyword, text] = [instruction.getKeyword(), instruction.getArgumentsContent() ?? ''];
        if (keyword === 'FROM') {
          const [image = '', , name = 'image'] = text.split(' ');
          stage = await begin(image, join(work, name));
          stages.set(name, stage);
        } else if (stage === undefined) throw new Error(`${keyword} comes before FROM`);
        else if (instruction instanceof Copy) await copy(instruction, stage, stages);
        else await carryOut(keyword, text, stage);
      }
      const image = stages.get('image');
      if (image === undefined) throw new Error('the last stage of the Dockerfile must have no name');
      return new BuiltImage(work, image);
    } catch (error) {
      await rm(work, { recursive: true, force: true });
      throw error;
    }
  }

  /** Everything is mounted in separate processes, so nothing remains mounted here when they have ended. */
  async remove(): Promise<void> {
    await rm(this.#work, { recursive: true, force: true });
  }
}

async function begin(image: string, root: string): Promise<Stage> {
  await unpackBaseImage(image, root);
  const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  return { root, workingDirectory: '/', environment, user: '', entrypoint: [], command: [], healthcheck: [] };
}

async function carryOut(keyword: string, text: string, stage: Stage): Promise<void> {
  switch (keyword) {
    case 'WORKDIR':
      stage.workingDirectory = posix.resolve(stage.workingDirectory, text);
      await mkdir(join(stage.root, stage.workingDirectory), { recursive: true });
      return;
    case 'RUN': {
      const { root, workingDirectory } = stage;
      const environment = { ...buildEnvironment(), ...stage.environment };
      const { code, output } = await ended(
        contain({ root, workingDirectory, environment, command: ['sh', '-c', text] }),
      );
      if (code !== 0) throw new Error(`RUN ${text} ended with ${code}: ${output}`);
      return;
    }
    case 'ENV': {
      const [, name, value] = /^(\w+)=(\S*)$/.exec(text) ?? [];
      if (name === undefined || value === undefined) throw new Error(`ENV ${text} is more than this builder knows`);
      stage.environment[name] = value;
      return;
    }
    case 'USER':
      stage.user = text;
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = JSON.parse(text) as string[];
      return;
    case 'CMD':
      stage.command = JSON.parse(text) as string[];
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = JSON.parse(text.slice(text.indexOf('['))) as string[];
      return;
    case 'LABEL':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return;
    default:
      throw new Error(`${keyword} is more than this builder knows`);
  }
}

async function copy(instruction: Copy, stage: Stage, stages: ReadonlyMap<string, Stage>): Promise<void> {
  let source: string | undefined = ROOT;
  for (const flag of instruction.getFlags()) {
    source = flag.getName() === 'from' ? stages.get(flag.getValue() ?? '')?.root : undefined;
    if (source === undefined) throw new Error(`COPY ${flag.toString()} is more than this builder knows`);
  }
  const from = source;
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const to = paths.pop() ?? '';
  const target = join(stage.root, posix.resolve(stage.workingDirectory, to));
  for (const path of paths) {
    const [isFolder] = await run('test', ['-d', join(from, path)]).then(
      () => [true],
      () => [false],
    );
    if (isFolder) {
      // A folder's content is copied, not the folder itself.
      await mkdir(target, { recursive: true });
      await run('cp', ['-a', '--no-preserve=ownership', `${join(from, path)}/.`, target]);
    } else {
      const place = to.endsWith('/') ? join(target, basename(path)) : target;
      await run('cp', ['-a', '--no-preserve=ownership', join(from, path), place]);
    }
  }
}
