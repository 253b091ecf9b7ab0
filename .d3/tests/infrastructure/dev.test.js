import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { eventually } from "../support/eventually.js";
import { ROOT } from "../support/documents/repository.js";
import { StreamClient } from "../support/clients/stream-client.js";
describe('npm run dev', () => {
    it('prints a line to subscribe and a line to publish, and both work', async () => {
        const child = spawn(process.execPath, [`${ROOT}dist/infrastructure/dev.js`], {
            env: { PATH: process.env['PATH'], LISTEN_ADDR: '127.0.0.1:0' },
        });
        let printed = '';
        child.stdout.on('data', (text) => (printed += text.toString()));
        const exited = new Promise((resolve) => child.once('exit', resolve));
        try {
            await eventually('both lines', () => printed.includes('/queue-change\n'));
            const subscribe = /curl -N -i .*localhost:(\d+)\/sse\/environments\/(\w+)\/stream/.exec(printed);
            const publish = /curl -X POST -H '(\w+): ([^']*)' .* -d '([^']*)' (\S+)/.exec(printed);
            const port = Number(subscribe?.[1]);
            const client = await StreamClient.open(port, subscribe?.[2] ?? '');
            const answer = await fetch((publish?.[4] ?? '').replace('localhost', '127.0.0.1'), {
                method: 'POST',
                headers: { [publish?.[1] ?? '']: publish?.[2] ?? '' },
                body: publish?.[3] ?? '',
            });
            expect(answer.status).to.equal(200);
            await client.hears('123');
            client.close();
        }
        finally {
            child.kill('SIGTERM');
            await exited;
        }
    });
});
//# sourceMappingURL=dev.test.js.map