import { codes } from '@isthmus/diagnostics';
import type { ServicePort } from '@isthmus/istio';
import { externalRef, meshServiceRef } from '@isthmus/kong-mesh';
import { isList, isMap, nobodyLabel } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import { spokenProtocol } from '../../service-ports.ts';
import { externalNames } from '../service-entry/external.ts';
import { policyLabels } from '../virtual-service/emit-http.ts';

/** A host outside of the cluster behind a rule at a gateway, for which a Service stands. */
export interface Outside {
  readonly external: string;
  readonly port: ServicePort;
}

/** What is asked of a destination that is no Service. */
interface Asked {
  readonly host: string;
  readonly port: number | undefined;
  /** Whether all requests of the rule go there. */
  readonly alone: boolean;
  /** The host that the rule rewrites that of its requests to. */
  readonly authority: string | undefined;
}

/**
 * The MeshExternalService that a rule at a gateway can lead to: Kong sends to a Service, and its sidecar goes on to the external
 * one by a MeshHTTPRoute. Such a backend gives requests the host of its address (auto_host_rewrite; routing.md 2.3, verified by
 * running), as Istio's gateway does where the rule rewrites the host to just that. Otherwise a text says why not.
 */
export function readOutside(context: Context, { host, port: asked, alone, authority }: Asked): Outside | string {
  const [service, ...others] = configOf(context).registry.withHost(host);
  if (service?.registry !== 'external') return 'Kong sends requests to Services of Kubernetes only';
  // Istio's gateway answers 503 where it does not see the host, which the mesh would open.
  if (!service.exportTo.has('*') || others.length > 0)
    return `${host} is outside of the cluster, and which ServiceEntry the gateway sees depends on its namespace`;
  const [single, ...more] = service.ports;
  const port =
    asked === undefined ? (more.length === 0 ? single : undefined) : service.ports.find((one) => one.port === asked);
  if (port === undefined) return `${host} is outside of the cluster, and its port is not known`;
  const at = `${host}:${port.port} is outside of the cluster`;
  const external = externalNames(context).get(`${host}:${port.port}`);
  if (external === undefined)
    return `${at}, and has no MeshExternalService that Kong's sidecar could send to in the place of a Service`;
  if (spokenProtocol(port, true) === 'tcp') return `${at} and speaks no plain HTTP there`;
  if (!alone) return `${at}, where a Service that stands for it can take all requests of a rule, not a share of them`;
  const { spec } = service.resource.object;
  if (isMap(spec) && isList(spec.endpoints) && spec.endpoints.length > 0)
    return `${at} and has endpoints, whose addresses Kong Mesh would send as the host in the place of ${host}`;
  if (authority?.toLowerCase() !== host)
    return `${at}: Istio's gateway sends it the host that the client asked for, MeshExternalService ${external} its own. With rewrite.authority ${host} both do the same, and a Service stands for it`;
  return { external, port };
}

/** The Service that stands for an external one in a namespace. */
export const outsideName = ({ external, port }: Outside): string => dnsLabel(`${external}-${port.port}-outside`);

const emitted = oncePerContext(() => new Set<string>());

/** Emits the Service that Kong sends to, which has no Pods, and the route that takes its requests out of the mesh. */
export function emitOutside(context: Context, namespace: string, outside: Outside, host: Field<string>): void {
  const { settings } = context;
  const { external, port } = outside;
  const name = outsideName(outside);
  const as = { namespace, name };
  context.approximate(host, undefined, codes.gateway.outsideBackend, {
    host: host.value,
    service: `${namespace}/${name}`,
    external,
  });
  const key = `${namespace}/${name}`;
  if (emitted(context).has(key)) return;
  emitted(context).add(key);
  context.emit({
    role: 'resource',
    stage: 'services',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      // Kong tries once, its sidecar again (edge.md V18, T19).
      metadata: { name, namespace, annotations: { 'konghq.com/retries': '0' } },
      spec: {
        selector: { [nobodyLabel]: 'true' },
        ports: [{ name: 'http', port: port.port, appProtocol: spokenProtocol(port, true) }],
      },
    },
    services: [key],
  });
  context.emit({
    role: 'resource',
    stage: 'routing',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshHTTPRoute',
      metadata: { name, namespace, labels: policyLabels(settings, namespace) },
      spec: {
        targetRef: { kind: 'Mesh' },
        to: [
          {
            targetRef: meshServiceRef(settings.target, as, namespace),
            rules: [
              {
                matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                default: {
                  backendRefs: [
                    {
                      ...externalRef(
                        settings.target,
                        { namespace: settings.systemNamespace, name: external },
                        namespace,
                      ),
                      port: port.port,
                      weight: 1,
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    },
    services: [key],
  });
}
