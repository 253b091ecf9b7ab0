import { unreadFields } from '../clients/unread-fields.ts';

/** Of resources that Kubernetes does not have by itself: the packages of their models. */
const PACKAGES: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
};

export type Fields = Record<string, unknown>;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec: Fields;
}

interface Model {
  validate(): void;
}

/**
 * The fields of a manifest that its schema does not know.
 *
 * @throws Error if it does not match its schema
 */
export async function unknownFields(manifest: Manifest): Promise<string[]> {
  const prototype = await modelOf(manifest);
  // A model's constructor would read every field, to copy it.
  const model = Object.assign(Object.create(prototype) as Model, manifest);
  return unreadFields(model, (watched) => (watched as Model).validate());
}

async function modelOf({ apiVersion, kind }: Manifest): Promise<Model> {
  const [group = ''] = apiVersion.split('/');
  const path = `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
  const module = (await import(path)) as Record<string, { readonly prototype: Model } | undefined>;
  const model = module[kind];
  if (model === undefined) throw new Error(`there is no model in ${path}`);
  return model.prototype;
}
