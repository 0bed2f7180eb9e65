import { type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import { annotation, label } from './labels.ts';
import type { Namespaces } from './namespaces.ts';
import { metaOf } from './object.ts';
import type { MeshOptions } from './options.ts';
import { filledOf, listOf, mapOf, numberOf, textsOf } from './value.ts';

/** A group of workloads that serve: what their Pods have in common. */
export interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
}

/** A port on which the proxies of a group of workloads take connections (an inbound of their Dataplanes). */
export interface Inbound {
  readonly port: number;
  /** Name of the container's port, or the number where it has none: what `sectionName` selects by. */
  readonly section: string;
  readonly protocol: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface ContainerPort {
  readonly name: string;
  readonly port: number;
}

interface PodKind {
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
}

interface ServedPort {
  readonly service: string;
  readonly port: number;
  readonly target: number | string;
  readonly protocol: string;
}

interface ServiceKind {
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServedPort[];
}

/** Protocols that a Dataplane knows (kuma, pkg/core/metadata/protocol.go). */
const known = new Set(['http', 'http2', 'grpc', 'kafka', 'tcp', 'tls', 'mysql']);

function protocolOf(appProtocol: string | undefined, written: string | undefined): string {
  const spoken = appProtocol?.toLowerCase();
  if (spoken !== undefined && known.has(spoken)) return spoken;
  return (written ?? 'tcp').toLowerCase();
}

const isTcp = (protocol: unknown): boolean => protocol === undefined || protocol === null || protocol === 'TCP';

function readService(object: JsonObject): ServiceKind | undefined {
  const { name, annotations } = metaOf(object);
  const spec = mapOf(object.spec);
  const selector = textsOf(spec.selector) ?? {};
  if (Object.keys(selector).length === 0 || spec.type === 'ExternalName') return undefined;
  if (['true', 'enabled'].includes(annotations[annotation.ignore] ?? '')) return undefined;
  const ports = listOf(spec.ports).flatMap((item): ServedPort[] => {
    const { port, protocol, appProtocol, targetPort } = mapOf(item);
    const number = numberOf(port);
    if (number === undefined || !isTcp(protocol)) return [];
    const spoken = protocolOf(filledOf(appProtocol), annotations[`${number}.service.kuma.io/protocol`]);
    return [
      { service: name, port: number, target: filledOf(targetPort) ?? numberOf(targetPort) ?? number, protocol: spoken },
    ];
  });
  return { name, selector, ports };
}

function readPod(object: JsonObject): PodKind | undefined {
  const template = object.kind === 'Pod' ? object : mapOf(mapOf(object.spec).template);
  const { containers } = mapOf(template.spec);
  if (containers === undefined) return undefined;
  const ports = listOf(containers)
    .flatMap((container) => listOf(mapOf(container).ports))
    .flatMap((item): ContainerPort[] => {
      const { name, containerPort, protocol } = mapOf(item);
      const port = numberOf(containerPort);
      return port === undefined || !isTcp(protocol) ? [] : [{ name: filledOf(name) ?? '', port }];
    });
  return { labels: metaOf(template).labels, ports };
}

function group<T>(objects: readonly JsonObject[], read: (object: JsonObject) => T | undefined): Map<string, T[]> {
  const result = new Map<string, T[]>();
  for (const object of objects) {
    const found = read(object);
    if (found === undefined) continue;
    const { namespace } = metaOf(object);
    const list = result.get(namespace);
    if (list === undefined) result.set(namespace, [found]);
    else list.push(found);
  }
  return result;
}

/** Finds the inbounds of a group of workloads, in the order in which Kuma generates them. */
export type InboundsOf = (workload: Workload) => readonly Inbound[];

/**
 * Reads the Services and Pods that make the inbounds of Dataplanes: one for each port of each Service that selects the Pods,
 * by the Services' names (kuma, pkg/plugins/runtime/k8s/controllers/inbound_converter.go and pod_controller.go, 2.14).
 */
export function readInbounds(
  objects: readonly JsonObject[],
  namespaces: Namespaces,
  { zone }: MeshOptions,
): InboundsOf {
  const services = group(objects, (object) => (object.kind === 'Service' ? readService(object) : undefined));
  const pods = group(objects, readPod);
  return ({ namespace, labels }) => {
    if (!namespaces.injected(namespace)) return [];
    const pod = pods.get(namespace)?.find((one) => matchesLabels(labels, one.labels));
    const tags = Object.entries(pod?.labels ?? labels).filter(
      ([key, value]) => value !== '' && !key.includes('kuma.io/'),
    );
    const selecting = (services.get(namespace) ?? [])
      .filter(({ selector }) => matchesLabels(selector, pod?.labels ?? labels))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return selecting.flatMap(({ ports }) =>
      ports.flatMap(({ service, port, target, protocol }): Inbound[] => {
        const container = pod?.ports.find((one) => (typeof target === 'string' ? one.name : one.port) === target);
        const number = container?.port ?? (typeof target === 'number' ? target : undefined);
        if (number === undefined) return [];
        return [
          {
            port: number,
            section: container?.name || String(number),
            protocol,
            tags: {
              ...Object.fromEntries(tags),
              [label.namespace]: namespace,
              [label.serviceName]: service,
              [label.servicePort]: String(port),
              [label.service]: `${service}_${namespace}_svc_${port}`,
              [label.zone]: zone,
              [label.protocol]: protocol,
            },
          },
        ];
      }),
    );
  };
}
