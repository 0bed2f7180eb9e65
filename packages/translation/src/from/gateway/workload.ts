import { workloadsOf } from '@isthmus/istio';
import { isMap, type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { oncePerContext } from '../../once.ts';
import type { IstioGateway } from './read-gateway.ts';

/** The pods that serve a Gateway, as far as the import shows them. */
export interface GatewayWorkload {
  /** Key of the selector; Gateways of one key are merged on the same pods. */
  readonly key: string;
  /** Namespace of the pods, where Istio looks for Secrets; undefined where the import does not show them. */
  readonly namespace: string | undefined;
  /** Labels of the pods; the selector alone where the import does not show them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly found: boolean;
  /** The port of the Service in front of the pods for a port of the Gateway (edge.md G2). */
  servicePort(port: number): number;
}

const workloads = oncePerContext((context) => workloadsOf(context.estate));
// Most Gateways of an estate have one of a few selectors.
const found = oncePerContext(() => new Map<string, GatewayWorkload>());

/** Finds the workload of a Gateway by its selector: a Deployment or Pod, else the Service that selects the same. */
export function workloadOf(context: Context, { selector }: IstioGateway): GatewayWorkload {
  const key = Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
  const known = found(context).get(key) ?? findWorkload(context, selector, key);
  found(context).set(key, known);
  return known;
}

function findWorkload(context: Context, selector: IstioGateway['selector'], key: string): GatewayWorkload {
  const pods =
    Object.keys(selector).length === 0
      ? []
      : workloads(context).filter(({ inCluster, labels }) => inCluster && matchesLabels(selector, labels));
  const [pod] = pods;
  const labels = pod?.labels ?? selector;
  const services = context.services.all.filter(
    (service) =>
      service.selector !== undefined &&
      Object.keys(service.selector).length > 0 &&
      matchesLabels(service.selector, labels) &&
      (pod === undefined || service.namespace === pod.namespace),
  );
  const namespace = pod === undefined ? services[0]?.namespace : pod.namespace;
  const ports = services.flatMap(({ resource }) => {
    const spec = resource.object.spec;
    const list = isMap(spec) && Array.isArray(spec.ports) ? (spec.ports as readonly JsonObject[]) : [];
    return list.filter(isMap);
  });
  return {
    key,
    namespace,
    labels,
    found: pod !== undefined,
    servicePort(port) {
      if (ports.some((one) => one.port === port)) return port;
      const behind = ports.find((one) => one.targetPort === port);
      return typeof behind?.port === 'number' ? behind.port : port;
    },
  };
}
