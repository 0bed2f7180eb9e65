import { isList, type Json, mapOf } from '@isthmus/kubernetes';
import type { Found } from './edge.ts';
import type { Surroundings } from './surroundings.ts';

/** A call that was seen: from a workload to a service, both with their namespaces. */
export interface Observation {
  readonly workload: string;
  readonly workloadNamespace: string;
  readonly service: string;
  readonly serviceNamespace: string;
  /** Where it was seen, for people. */
  readonly detail: string;
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
/** The vector of an instant query for `istio_requests_total` or `istio_tcp_connections_opened_total`. */
function fromPrometheus(result: readonly Json[]): Observation[] {
  return result.flatMap((sample) => {
    const metric = mapOf(mapOf(sample).metric);
    const value = mapOf(sample).value;
    if (isList(value) && Number(value[1]) === 0) return [];
    const [fromHost = '', namespaceFromHost = ''] = textOf(metric.destination_service).split('.');
    const service = textOf(metric.destination_service_name) || fromHost;
    const serviceNamespace = textOf(metric.destination_service_namespace) || namespaceFromHost;
    const workload = textOf(metric.source_workload);
    const workloadNamespace = textOf(metric.source_workload_namespace);
    if (service === '' || workload === '' || workload === 'unknown') return [];
    const security = textOf(metric.connection_security_policy);
    const detail = `seen by Prometheus${security === 'none' ? ', in plaintext' : ''}`;
    return [{ workload, workloadNamespace, service, serviceNamespace, detail }];
  });
}

/** Nodes and edges of Kiali's graph: a call goes from a workload to a service, or on from it to its workloads. */
function fromKiali(nodes: readonly Json[], edges: readonly Json[]): Observation[] {
  const byId = new Map(nodes.map((node) => [textOf(mapOf(mapOf(node).data).id), mapOf(mapOf(node).data)]));
  return edges.flatMap((edge) => {
    const { source, target } = mapOf(mapOf(edge).data);
    const from = mapOf(byId.get(textOf(source)));
    const to = mapOf(byId.get(textOf(target)));
    const workload = textOf(from.workload) || textOf(from.app);
    const service = textOf(to.service) || textOf(to.app) || textOf(to.workload);
    if (from.nodeType === 'service' || workload === '' || workload === 'unknown' || service === '') return [];
    return [
      {
        workload,
        workloadNamespace: textOf(from.namespace),
        service,
        serviceNamespace: textOf(to.namespace),
        detail: 'seen by Kiali',
      },
    ];
  });
}

/** Traffic that was seen, or why a dump is not what it claims to be. */
export type ObservedTraffic =
  | {
      readonly source: 'prometheus' | 'kiali';
      readonly observations: readonly Observation[];
      /** Samples or edges in the dump; those that name no caller or callee show no call. */
      readonly samples: number;
    }
  | { readonly refused: string };

const metrics = new Set(['istio_requests_total', 'istio_tcp_connections_opened_total']);
const expected =
  "It is neither Prometheus' answer to an instant query for istio_requests_total or istio_tcp_connections_opened_total, nor Kiali's graph as JSON.";

function readPrometheus(resultType: Json | undefined, result: Json | undefined): ObservedTraffic {
  if (resultType !== 'vector' || !isList(result))
    return {
      refused: `Prometheus answered with ${typeof resultType === 'string' ? `a ${resultType}` : 'something else'}: the vector of an instant query (/api/v1/query, not query_range) was expected.`,
    };
  const labelled = result.map((sample) => mapOf(mapOf(sample).metric));
  const other = labelled.find(({ __name__: name }) => typeof name === 'string' && !metrics.has(name));
  if (other !== undefined)
    return {
      refused: `It holds the metric ${textOf(other.__name__)}: istio_requests_total or istio_tcp_connections_opened_total was expected.`,
    };
  const named = labelled.filter((metric) => metric.source_workload !== undefined);
  if (labelled.length > 0 && named.length === 0)
    return {
      refused:
        'None of its samples has the label source_workload, so that none shows who calls. Query the metric itself, or sum by source_workload, source_workload_namespace, destination_service.',
    };
  return { source: 'prometheus', observations: fromPrometheus(result), samples: result.length };
}

/** Reads observed traffic: Prometheus' answer to an instant query, or Kiali's graph as JSON. What is neither is refused with the reason. */
export function readObserved(value: Json): ObservedTraffic {
  const { status, data, error, elements } = mapOf(value);
  if (status === 'error')
    return { refused: `Prometheus answered with an error: ${textOf(error) || 'it says no more'}.` };
  if (status === 'success') return readPrometheus(mapOf(data).resultType, mapOf(data).result);
  const { nodes, edges } = mapOf(elements);
  if (!isList(nodes) || !isList(edges)) return { refused: expected };
  const kinds = nodes.map((node) => mapOf(mapOf(node).data).nodeType);
  if (nodes.length > 0 && !kinds.some((kind) => kind === 'workload' || kind === 'app' || kind === 'service'))
    return { refused: `${expected} None of its nodes has the nodeType of Kiali.` };
  return { source: 'kiali', observations: fromKiali(nodes, edges), samples: edges.length };
}

/** Observed calls between services of the estate; a workload that it does not hold is taken for the service of its name. */
export function* observedEvidence(around: Surroundings, observed: readonly Observation[]): Generator<Found> {
  if (observed.length === 0) return;
  const ids = new Set(around.services.map(({ id }) => id));
  const byName = new Map(around.workloads.map((workload) => [`${workload.namespace}/${workload.name}`, workload]));
  for (const { workload, workloadNamespace, service, serviceNamespace, detail } of observed) {
    const to = `${serviceNamespace}/${service}`;
    const name = `${workloadNamespace}/${workload}`;
    const known = byName.get(name);
    const clients = known === undefined ? (ids.has(name) ? [name] : []) : around.servicesOf(known);
    if (!ids.has(to)) continue;
    for (const from of clients)
      yield { between: 'services', from, to, evidence: { kind: 'observed', confidence: 1, detail, path: '' } };
  }
}
