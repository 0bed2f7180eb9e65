import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { Destination, DestinationPort } from './destination.ts';
import { annotation, label } from './labels.ts';
import type { Namespaces } from './namespaces.ts';
import { displayNameOf, metaOf, type ObjectMeta } from './object.ts';
import type { MeshOptions } from './options.ts';
import { filledOf, listOf, mapOf, numberOf, textsOf } from './value.ts';

const spoken = new Set(['grpc', 'http', 'http2', 'tcp', 'kafka']);

/** 3.0 refuses the whole MeshService for a port of another protocol, whatever the case of the letters (routing.md 2.5). */
const refused = (ports: readonly DestinationPort[], { version }: MeshOptions): boolean =>
  version === '3.0' &&
  ports.some(({ protocol }) => protocol.toLowerCase() === 'kafka' || !spoken.has(protocol.toLowerCase()));

function portsOf(
  spec: JsonObject,
  endpoints: (targetPort: number | string) => DestinationPort['endpoints'],
): DestinationPort[] {
  return listOf(spec.ports).flatMap((item) => {
    const { name, port, protocol = 'TCP', appProtocol, targetPort } = mapOf(item);
    const number = numberOf(port);
    if (number === undefined || protocol !== 'TCP') return [];
    const target = filledOf(targetPort) ?? numberOf(targetPort) ?? number;
    return [
      {
        name: filledOf(name) ?? String(number),
        port: number,
        protocol: filledOf(appProtocol) ?? 'tcp',
        endpoints: endpoints(target === 0 ? number : target),
      },
    ];
  });
}

/** What a Service of a gateway, of a zone proxy, of another mesh or of no mesh has no MeshService for. */
function isOutside(meta: ObjectMeta, spec: JsonObject, namespaces: Namespaces, options: MeshOptions): boolean {
  return (
    (meta.labels[label.mesh] === undefined && !namespaces.injected(meta.namespace)) ||
    namespaces.meshOf(meta) !== options.mesh ||
    meta.annotations[annotation.ignore] === 'true' ||
    meta.annotations[annotation.gateway] !== undefined ||
    meta.labels[label.zoneProxyType] !== undefined ||
    namespaces.hasGateway(meta.namespace, textsOf(spec.selector) ?? {}) ||
    spec.type === 'ExternalName'
  );
}

/**
 * The MeshService that the control plane makes of a Service with `meshServices.mode: Exclusive` (kuma,
 * pkg/plugins/runtime/k8s/controllers/meshservice_controller.go, 2.14); undefined where it makes none. Of a headless Service
 * it makes one for each Pod: they are taken together here, with the Pod that was dialled as the endpoint and without a name.
 */
export function meshServiceOf(
  object: JsonObject,
  namespaces: Namespaces,
  options: MeshOptions,
): Destination | undefined {
  const meta = metaOf(object);
  const spec = mapOf(object.spec);
  if (isOutside(meta, spec, namespaces, options)) return undefined;
  const { namespace, name } = meta;
  const headless = spec.clusterIP === 'None';
  const labels = textsOf(spec.selector) ?? {};
  const ports = portsOf(spec, (port) =>
    headless ? { kind: 'original' } : { kind: 'workloads', namespace, labels, port },
  );
  if (refused(ports, options)) return undefined;
  return {
    kind: 'MeshService',
    namespace,
    name: headless ? '' : name,
    zone: options.zone,
    labels: {
      [label.namespace]: namespace,
      [label.origin]: 'zone',
      [label.zone]: options.zone,
      ...meta.labels,
      [label.mesh]: options.mesh,
      [label.serviceName]: name,
      [label.managedBy]: 'k8s-controller',
      [label.environment]: 'kubernetes',
      [label.headless]: String(headless),
      ...(headless ? {} : { [label.displayName]: name }),
    },
    ports,
    created: meta.created,
  };
}

/** The workloads that the selector of a MeshService names. */
function workloadsOf(
  selector: JsonObject,
  home: string,
): { namespace: string; labels: Readonly<Record<string, string>> } {
  const reference = filledOf(mapOf(selector.dataplaneRef).name);
  if (reference !== undefined) {
    const dot = reference.lastIndexOf('.');
    const [pod, namespace] = dot < 0 ? [reference, home] : [reference.slice(0, dot), reference.slice(dot + 1)];
    return { namespace, labels: { [label.displayName]: pod } };
  }
  const matched = mapOf(selector.dataplaneLabels).matchLabels as Json | undefined;
  const { [label.namespace]: namespace = home, ...labels } = textsOf(matched) ?? textsOf(selector.dataplaneTags) ?? {};
  return { namespace, labels };
}

/**
 * A MeshService as stored. Those that the control plane made of Services are left to `meshServiceOf`.
 */
export function storedMeshService(object: JsonObject, options: MeshOptions): Destination | undefined {
  const meta = metaOf(object);
  if ((meta.labels[label.mesh] ?? 'default') !== options.mesh) return undefined;
  if (meta.labels[label.managedBy] === 'k8s-controller') return undefined;
  const spec = mapOf(object.spec);
  const workloads = workloadsOf(mapOf(spec.selector), meta.namespace);
  const ports = portsOf(spec, (port) => ({ kind: 'workloads', ...workloads, port }));
  if (refused(ports, options)) return undefined;
  return {
    kind: 'MeshService',
    namespace: meta.labels[label.namespace] ?? meta.namespace,
    name: displayNameOf(meta),
    zone: meta.labels[label.zone] ?? options.zone,
    labels: {
      [label.namespace]: meta.namespace,
      [label.origin]: 'zone',
      [label.zone]: options.zone,
      ...meta.labels,
      [label.displayName]: displayNameOf(meta),
    },
    ports,
    created: meta.created,
  };
}
