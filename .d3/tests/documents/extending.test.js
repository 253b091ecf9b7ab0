import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { check, resolveConfig } from 'prettier';
import { codeBlocks } from "../support/documents/code-blocks.js";
import { FollowedText } from "../support/documents/followed-text.js";
import { pathOf, readDocument, ROOT } from "../support/documents/repository.js";
/** Walks that add something to the repository; the others use its package, in a folder of the reader's own. */
const IN_THE_REPOSITORY = ['A log', 'A door', 'A dialect'];
const IN_A_FOLDER = ['Embed the service', 'Test an application'];
/** What a copy of the repository does without: what is made from the rest, or takes time to compile and is not used. */
const LEFT_OUT = /^(\.git|node_modules|dist|bench)(\/|$)|^tests\/(?!support\/|contract\/)[^/]+\/|\.test\.ts$/;
describe('docs/extending.md, word for word', () => {
    const chapters = codeBlocks(readDocument('docs/extending.md'));
    let folder;
    let repository;
    let reader;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'halyard-extending-'));
        const copy = join(folder, 'repository');
        await cp(ROOT, copy, { recursive: true, filter: (path) => !LEFT_OUT.test(relative(ROOT, path)) });
        await symlink(pathOf('node_modules'), join(copy, 'node_modules'));
        repository = new FollowedText(copy, { LISTEN_ADDR: '127.0.0.1:0', DRAIN_SECONDS: '0' });
        for (const title of IN_THE_REPOSITORY)
            await repository.write(blocksOf(title));
        reader = new FollowedText(await readersFolder(copy));
        for (const title of IN_A_FOLDER)
            await reader.write(blocksOf(title));
    });
    after(() => rm(folder, { recursive: true, force: true }));
    function blocksOf(title, language) {
        const blocks = chapters.get(title);
        if (blocks === undefined)
            throw new Error(`there is no chapter "${title}"`);
        return language === undefined ? blocks : blocks.filter((block) => block.language === language);
    }
    function commandsOf(title) {
        return blocksOf(title, 'sh').map(({ text }) => text);
    }
    /** An empty folder in which the package is installed: the repository stands for what npm would unpack. */
    async function readersFolder(copy) {
        const path = join(folder, 'reader');
        await mkdir(join(path, 'node_modules'), { recursive: true });
        await symlink(copy, join(path, 'node_modules', 'halyard'));
        await symlink(pathOf('node_modules/.bin'), join(path, 'node_modules', '.bin'));
        await writeFile(join(path, 'package.json'), '{ "name": "reader", "private": true, "type": "module" }');
        const { compilerOptions } = JSON.parse(readDocument('tsconfig.json'));
        const typeRoots = [pathOf('node_modules/@types')];
        const own = { outDir: 'out', types: ['node'], typeRoots, tsBuildInfoFile: 'out/.tsbuildinfo' };
        const settings = { compilerOptions: { ...compilerOptions, ...own }, include: ['*.ts'] };
        await writeFile(join(path, 'tsconfig.json'), JSON.stringify(settings));
        return path;
    }
    it('has the chapters that are followed here', () => {
        expect([...chapters.keys()]).to.include.members([...IN_THE_REPOSITORY, ...IN_A_FOLDER]);
    });
    it('writes code as the formatter of the repository does', async () => {
        const config = await resolveConfig(pathOf('infrastructure/main.ts'));
        const files = [...chapters.values()].flat().filter(({ language }) => language === 'ts');
        for (const { path, text } of files)
            expect(await check(text, { ...config, filepath: path }), path).to.equal(true);
        expect(files.length).to.be.greaterThan(10);
    });
    it('adds a log that keeps the contract, and runs the service on it', async () => {
        const [build = '', serve = '', ...others] = commandsOf('A log');
        await repository.run(build);
        const service = await repository.start(serve, /"ports":\[(\d+)/);
        const path = '/sse/environments/abc/queue-change';
        const answer = await fetch(`http://127.0.0.1:${service.found}${path}`, {
            method: 'POST',
            headers: { Authorization: 'Token secret' },
            body: '{"updated_at":7}',
        });
        await service.stop();
        expect(answer.status).to.equal(200);
        expect(await readFile(join(repository.folder, 'updates', 'updates.txt'), 'utf8')).to.match(/^1 \d+ - abc 7\n$/);
        expect(others).to.deep.equal([]);
    });
    for (const title of ['A door', 'A dialect'])
        it(`${title}: builds, and passes its test`, async () => {
            for (const commands of commandsOf(title))
                expect(await repository.run(commands)).to.match(/\d passing/);
            expect(commandsOf(title)).to.have.length(1);
        });
    it('embeds the service, and tests an application against it', async () => {
        const [[embed = ''] = [], [test = ''] = []] = IN_A_FOLDER.map(commandsOf);
        const [printed] = blocksOf('Embed the service', 'text');
        expect(await reader.run(embed)).to.equal(printed?.text);
        expect(await reader.run(test)).to.match(/pass 1\b[\s\S]*fail 0\b/);
    });
});
//# sourceMappingURL=extending.test.js.map