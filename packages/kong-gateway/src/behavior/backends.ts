import type { Json } from '@isthmus/kubernetes';
import { at, list, number, text } from '../json.ts';
import { type Cluster, type ClusterObject, isGranted, kongAnnotations } from './cluster.ts';
import { type Backend, defaultRetries, type KongService } from './kong-entities.ts';

/** A Service behind a Kong service, with its share of the requests. */
export interface Target {
  readonly service: string;
  readonly port: number;
  readonly weight: number;
}

/** The references to backends that the controller can use (subtranslator/backendref.go backendRefsToKongStateBackends, 3.5). */
export function usableBackends(cluster: Cluster, route: ClusterObject, refs: readonly Json[]): Backend[] {
  return refs.flatMap((ref): Backend[] => {
    const name = text(at(ref, 'name'), '');
    const namespace = text(at(ref, 'namespace'), route.namespace);
    const [group, kind] = [text(at(ref, 'group'), ''), text(at(ref, 'kind'), 'Service')];
    if (kind !== 'Service' || (group !== '' && group !== 'core')) return [];
    if (cluster.find('Service', namespace, name) === undefined) return [];
    const granted = namespace === route.namespace || isGranted(cluster, route, { group, kind, namespace, name });
    if (!granted) return [];
    return [{ namespace, name, port: number(at(ref, 'port')), weight: number(at(ref, 'weight')) ?? 1 }];
  });
}

/** What the controller says of a translation that is not whole, with the objects that it says it of. */
export interface Failure {
  readonly message: string;
  readonly objects: readonly ClusterObject[];
}

/**
 * The annotations of Kong's that the Services of one Kong service do not share: it gets no route then
 * (translator/ingressrules.go populateServices).
 */
export function annotationFailures(cluster: Cluster, { name, backends }: KongService): Failure[] {
  const services = backends.flatMap((backend) => cluster.find('Service', backend.namespace, backend.name) ?? []);
  const seen = new Map(services.flatMap(kongAnnotations));
  const differing = [...seen].flatMap(([key, value]) =>
    services.some(({ annotations }) => annotations[key] !== value) ? [key] : [],
  );
  return services.flatMap((service) =>
    differing.map((key) => ({
      message: `Service has inconsistent ${key} annotation and is used in multi-Service backend ${name}. This annotation must have the same value across all Services in the backend.`,
      objects: [service],
    })),
  );
}

function portOf(service: ClusterObject, port: Backend['port']): number | undefined {
  const external = at(service.spec, 'type') === 'ExternalName';
  if (external) return typeof port === 'number' ? port : undefined;
  const found = list(at(service.spec, 'ports')).find((one) =>
    typeof port === 'number'
      ? at(one, 'port') === port
      : port !== undefined && (at(one, 'name') === port || at(one, 'targetPort') === port),
  );
  return number(at(found, 'port'));
}

/** The targets of a Kong service, the weights of one Service and port added up, and what failed (translate_upstreams.go getUpstreams). */
export function targetsOf(
  cluster: Cluster,
  { backends, parent }: KongService,
  skipped: boolean,
): { readonly targets: readonly Target[]; readonly failures: readonly Failure[] } {
  const failures: Failure[] = [];
  const found = new Map<string, Target>();
  for (const backend of backends) {
    const service = skipped ? undefined : cluster.find('Service', backend.namespace, backend.name);
    if (service === undefined) {
      failures.push({
        message: `can't add target for backend ${backend.name}: no kubernetes service found`,
        objects: [parent],
      });
      continue;
    }
    const port = portOf(service, backend.port);
    if (port === undefined) {
      failures.push({
        message: "can't find port for backend kubernetes service: no suitable port found",
        objects: [service, parent],
      });
      continue;
    }
    const name = `${backend.namespace}/${backend.name}`;
    const key = `${name}:${port}`;
    found.set(key, { service: name, port, weight: (found.get(key)?.weight ?? 0) + (backend.weight ?? 100) });
  }
  return {
    targets: [...found.values()].sort((a, b) =>
      a.service < b.service ? -1 : a.service > b.service ? 1 : a.port - b.port,
    ),
    failures,
  };
}

/** The last number in an annotation of the Services, which come in the order of their names (kongstate/service.go override, 3.5). */
function annotatedNumber(cluster: Cluster, backends: readonly Backend[], annotation: string): number | undefined {
  const sorted = backends.map(({ namespace, name }) => `${namespace}/${name}`).sort();
  const values = sorted.flatMap((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const value = cluster.find('Service', namespace, name)?.annotations[annotation];
    return value !== undefined && /^\d+$/.test(value) ? [Number(value)] : [];
  });
  return values.at(-1);
}

/** Timeout (in milliseconds, where an annotation sets one) and retries of a Kong service, as its Services are annotated. */
export const annotatedService = (
  cluster: Cluster,
  backends: readonly Backend[],
): { readonly timeoutMs: number | undefined; readonly retries: number } => ({
  timeoutMs: annotatedNumber(cluster, backends, 'konghq.com/read-timeout'),
  retries: annotatedNumber(cluster, backends, 'konghq.com/retries') ?? defaultRetries,
});
