import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { filesUnder, readDocument } from "../support/documents/repository.js";
import { effective } from "../support/servers/service-environment.js";
import { unreadFields } from "../support/clients/unread-fields.js";
const require = createRequire(import.meta.url);
describe('docker/kubernetes', () => {
    const files = filesUnder('docker/kubernetes').filter((path) => !path.endsWith('kustomization.yaml'));
    const manifests = files.flatMap((path) => parseAllDocuments(readDocument(path)).map((document) => document.toJS()));
    const of = (kind) => {
        const found = manifests.find((manifest) => manifest.kind === kind);
        if (found === undefined)
            throw new Error(`there is no ${kind}`);
        return found;
    };
    const pod = of('Deployment').spec.template.spec;
    const container = pod.containers[0];
    it("is what Kubernetes's own schema asks for, without a field that it does not know", () => {
        for (const manifest of manifests) {
            const schema = require(schemaOf(manifest));
            const unread = unreadFields(manifest, (watched) => {
                if (!schema.validate(watched))
                    throw new Error(`${manifest.kind}: ${JSON.stringify(schema.validate.errors)}`);
            });
            expect(unread, manifest.kind).to.deep.equal([]);
        }
        const misspelt = structuredClone(of('Deployment'));
        misspelt.spec['minReadySecond'] = 5;
        const schema = require(schemaOf(of('Deployment')));
        expect(unreadFields(misspelt, schema.validate)).to.deep.equal(['/spec/minReadySecond']);
    });
    it('lists every manifest for kubectl apply -k', () => {
        const { resources } = parse(readDocument('docker/kubernetes/kustomization.yaml'));
        expect(resources.map((name) => `docker/kubernetes/${name}`)).to.have.members(files);
    });
    it('configures the service as it wants to be, and gives it the time to drain', () => {
        const config = effective(Object.fromEntries(container.env.map(({ name, value }) => [name, value])));
        const preStop = Number(container.lifecycle.preStop.exec.command[1]);
        const needed = preStop + (config.drainWaitMs + config.drainMs) / 1000;
        expect(pod.terminationGracePeriodSeconds).to.be.at.least(needed + 10);
        const ports = container.ports.map(({ name, containerPort }) => [name, containerPort]);
        expect(ports).to.deep.equal([
            ['public', config.listenAddresses[0]?.port],
            ['internal', config.internalListenAddresses[0]?.port],
        ]);
        const { version } = JSON.parse(readDocument('package.json'));
        expect(container.image).to.equal(`halyard:${version}`);
    });
    it('restarts a process that hangs, and tolerates a blip of the log of a minute', () => {
        expect(container.livenessProbe.httpGet).to.deep.equal({ path: '/livez', port: 'internal' });
        expect(container.readinessProbe.httpGet).to.deep.equal({ path: '/readyz', port: 'internal' });
        const { periodSeconds, failureThreshold } = container.readinessProbe;
        expect(periodSeconds * failureThreshold).to.be.at.least(60);
    });
    it('runs without privileges', () => {
        expect(pod.securityContext).to.include({ runAsNonRoot: true });
        expect(container.securityContext).to.deep.include({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
        });
        const user = pod.securityContext.runAsUser;
        expect(readDocument('docker/Dockerfile')).to.include(`USER ${user}:`);
    });
    it('routes the stream alone from outside, and closes the internal port', () => {
        const ingress = JSON.stringify(of('Ingress').spec);
        expect(ingress)
            .to.include('"path":"/sse/environments/"')
            .and.include('"service":{"name":"halyard","port":{"name":"public"}}');
        expect(ingress).not.to.include('internal');
        const rules = of('NetworkPolicy').spec.ingress;
        for (const { ports, from } of rules)
            expect(from === undefined, JSON.stringify(ports)).to.equal(ports.every(({ port }) => port === 'public'));
    });
    it('selects the same pods everywhere', () => {
        const labels = { 'app.kubernetes.io/name': 'halyard' };
        const { selector, template } = of('Deployment').spec;
        expect([selector['matchLabels'], template.metadata['labels']]).to.deep.equal([labels, labels]);
        for (const service of manifests.filter(({ kind }) => kind === 'Service'))
            expect(service.spec['selector']).to.deep.equal(labels);
        expect(of('PodDisruptionBudget').spec['selector']).to.deep.equal({ matchLabels: labels });
        expect(of('NetworkPolicy').spec['podSelector']).to.deep.equal({ matchLabels: labels });
        expect(of('HorizontalPodAutoscaler').spec['scaleTargetRef']).to.include({ kind: 'Deployment', name: 'halyard' });
    });
});
/** The file of the validator: `apps/v1` `Deployment` is IoK8sApiAppsV1Deployment. */
function schemaOf({ apiVersion, kind }) {
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
    const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
    const name = `IoK8sApi${capital(group.split('.')[0] ?? '')}${capital(version)}${kind}.js`;
    return join(dirname(require.resolve('kubernetes-models')), '_schemas', name);
}
//# sourceMappingURL=kubernetes.test.js.map