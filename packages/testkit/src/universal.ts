import { isMap, type JsonObject, parseYaml } from '@isthmus/kubernetes';

/** A resource as `kumactl apply` reads it. */
export type KumactlResource = JsonObject & { readonly type: string; readonly name: string };

/** Kinds that belong to no mesh. */
const global = ['HostnameGenerator', 'Mesh'];

/**
 * The documents of a file as kumactl reads them: one resource each, with its type, its name, its mesh and labels of text. Throws
 * where one is none.
 */
export function readAsKumactl(text: string): KumactlResource[] {
  return parseYaml(text).map(({ value }) => {
    const refuse = (why: string): never => {
      throw new Error(`kumactl would not read this: ${why}\n${JSON.stringify(value)}`);
    };
    if (!isMap(value)) return refuse('it is no resource');
    const { type, name, mesh, labels = {} } = value;
    if (typeof type !== 'string') return refuse('it has no type');
    if (typeof name !== 'string' || name.length > 253 || !/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name))
      return refuse('its name is none');
    if ((typeof mesh === 'string') === global.includes(type)) return refuse('its mesh is missing, or one too many');
    if (!isMap(labels) || Object.values(labels).some((one) => typeof one !== 'string')) return refuse('its labels');
    if ('metadata' in value || 'apiVersion' in value || 'kind' in value) return refuse('it is an object of Kubernetes');
    return value as KumactlResource;
  });
}

/** A resource as the control plane of a zone on Kubernetes would have it, whose admission is that of the Kubernetes form. */
export const asKubernetes = (
  { type, mesh, name, labels = {}, spec, ...fields }: KumactlResource,
  systemNamespace: string,
): JsonObject => ({
  apiVersion: 'kuma.io/v1alpha1',
  kind: type,
  metadata: {
    name,
    namespace: systemNamespace,
    labels: { ...(labels as JsonObject), ...(mesh === undefined ? {} : { 'kuma.io/mesh': mesh }) },
  },
  ...(type === 'Dataplane' ? { mesh: mesh as string } : {}),
  spec: spec ?? fields,
});
