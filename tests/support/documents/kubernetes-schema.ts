import { unreadFields } from '../clients/unread-fields.ts';

const KUBERNETES = import.meta.resolve('kubernetes-models');
/** For custom resources: where their schemas are, and how their files begin. */
const PACKAGES: Readonly<Record<string, readonly [packageUrl: string, prefix: string]>> = {
  'monitoring.coreos.com': [import.meta.resolve('@kubernetes-models/prometheus-operator'), 'MonitoringCoreosCom'],
  'gateway.networking.k8s.io': [import.meta.resolve('@kubernetes-models/gateway-api'), 'IoK8sSigsGatewayApiApis'],
};

export type Fields = Record<string, unknown>;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec: Fields;
}

type Validate = ((data: unknown) => boolean) & { errors?: unknown };

/**
 * The fields of a manifest that its schema does not know.
 *
 * @throws Error if it does not match its schema
 */
export async function unknownFields(manifest: Manifest): Promise<string[]> {
  const validate = await validatorOf(manifest);
  return unreadFields(manifest, (watched) => {
    if (!validate(watched)) throw new Error(`${manifest.kind}: ${JSON.stringify(validate.errors)}`);
  });
}

async function validatorOf(manifest: Manifest): Promise<Validate> {
  const schema = schemaOf(manifest);
  const module = (await import(schema)) as { validate?: Validate; default?: { validate: Validate } };
  const validate = module.validate ?? module.default?.validate;
  if (validate === undefined) throw new Error(`there is no schema in ${schema}`);
  return validate;
}

/** The URL of the validator: `apps/v1` `Deployment` is IoK8sApiAppsV1Deployment of kubernetes-models. */
function schemaOf({ apiVersion, kind }: Manifest): string {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  const [packageUrl, prefix] = PACKAGES[group] ?? [KUBERNETES, `IoK8sApi${capital(group.split('.')[0] ?? '')}`];
  return new URL(`_schemas/${prefix}${capital(version)}${kind}.js`, packageUrl).href;
}
