import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, items, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import type { Listener } from './listeners.ts';
import type { IstioGateway } from './read-gateway.ts';
import type { GatewayWorkload } from './workload.ts';

export const gatewayApi = 'gateway.networking.k8s.io';
const controller = 'konghq.com/kic-gateway-controller';

/** The class of a Gateway: `kong` for the ingress gateway that Istio's profiles install, one of its own for any other selector. */
export function classOf({ selector }: IstioGateway): string {
  const values = Object.entries(selector)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
  const isDefault =
    values.length === 0 ||
    (values.length === 1 && ['ingressgateway', 'istio-ingressgateway'].includes(values[0] as string));
  return isDefault ? 'kong' : dnsLabel(`kong-${values.join('-')}`);
}

/** The GatewayClass for a selector: each has a controller of its own, since one merges all Gateways of its class (T40). */
export function emitClass(context: Context, name: string): void {
  context.emit({
    role: 'resource',
    stage: 'edge',
    object: {
      apiVersion: `${gatewayApi}/v1`,
      kind: 'GatewayClass',
      metadata: { name, annotations: { 'konghq.com/gatewayclass-unmanaged': 'true' } },
      spec: { controllerName: name === 'kong' ? controller : `${controller}-${name.replace(/^kong-/, '')}` },
    },
    services: [],
  });
}

const takenNames = oncePerContext(
  (context) =>
    new Set(
      context.estate.context
        .filter(({ group }) => group === gatewayApi)
        .map(({ kind, namespace, name }) => `${kind} ${namespace || 'default'}/${name}`),
    ),
);

/** A name for a resource of Gateway API; another one where the import holds such a resource of that name already. */
export function freeName(context: Context, kind: string, namespace: string, name: string): string {
  return takenNames(context).has(`${kind} ${namespace}/${name}`) ? dnsLabel(`${name}-kong`) : name;
}

/** The name of the Gateway to emit: the source's, or one that says that something is to be finished. */
export function gatewayName(context: Context, { resource, namespace }: IstioGateway, draft: boolean): string {
  return freeName(context, 'Gateway', namespace, dnsLabel(draft ? `${resource.name}-to-finish` : resource.name));
}

/** The types of the Secrets of the import. */
const secretTypes = oncePerContext(
  (context) =>
    new Map<string, unknown>(
      context.estate.context
        .filter(({ group, kind }) => group === '' && kind === 'Secret')
        .map(({ namespace, name, object }) => [`${namespace || 'default'}/${name}`, object.type] as const),
    ),
);

function allowedNamespaces(context: Context, { gateway, hosts }: Listener): unknown {
  const names = [...new Set(hosts.map(({ namespace }) => namespace))].sort();
  if (names.includes('*')) return { from: 'All' };
  const fields = hosts.map(({ field }) => field);
  if (names.length === 1 && names[0] === gateway.namespace) return context.derived(fields, { from: 'Same' });
  const key = 'kubernetes.io/metadata.name';
  const [only, ...others] = names;
  return context.derived(fields, {
    from: 'Selector',
    selector:
      others.length === 0
        ? { matchLabels: { [key]: only } }
        : { matchExpressions: [{ key, operator: 'In', values: names }] },
  });
}

/** The Secrets that listeners name in a namespace other than their Gateway's, for a ReferenceGrant. */
export interface SecretUse {
  readonly from: string;
  readonly to: string;
  readonly name: string;
}

function certificate(
  context: Context,
  { gateway, server }: Listener,
  workload: GatewayWorkload,
  uses: SecretUse[],
): unknown {
  const field = text(child(server.tls, 'credentialName'));
  // Kong refuses several certificates of one listener, so that the first is taken (edge.md G10).
  const several = text(items(child(server.tls, 'credentialNames'))[0]);
  const at = field ?? several;
  if (at === undefined) return undefined;
  const name = at.value;
  const namespace = workload.namespace ?? context.settings.rootNamespace;
  if (namespace !== gateway.namespace) uses.push({ from: gateway.namespace, to: namespace, name });
  const reference = {
    group: '',
    kind: 'Secret',
    name,
    ...(namespace === gateway.namespace ? {} : { namespace }),
  };
  const secrets = secretTypes(context);
  const key = `${namespace}/${name}`;
  if (field === undefined) return context.derived(at, reference);
  if (secrets.get(key) === 'kubernetes.io/tls') return context.exact(at, reference);
  return !secrets.has(key)
    ? context.approximate(at, reference, codes.gateway.secretNotImported, { name, namespace })
    : context.approximate(at, reference, codes.gateway.secretKeys, { name, namespace });
}

function listenerOf(context: Context, listener: Listener, workload: GatewayWorkload, uses: SecretUse[]): unknown {
  const { server, name, protocol, port, host, hosts } = listener;
  const portName = text(child(child(server.field, 'port'), 'name'));
  const named = hosts.map(({ field }) => field);
  for (const { field } of hosts) context.settled(field);
  const number = server.number.value;
  const mode = child(server.tls, 'mode');
  const ends = protocol === 'HTTPS';
  return {
    name: portName === undefined ? name : context.exact(portName, name),
    port:
      port === number
        ? context.exact(server.number, port)
        : context.approximate(server.number, port, codes.gateway.servicePort, { port: number, service: port }),
    protocol: context.exact(server.protocol, protocol),
    ...(host === '*' || protocol === 'TCP' ? {} : { hostname: context.derived(named, host) }),
    allowedRoutes: { namespaces: allowedNamespaces(context, listener) },
    ...(ends
      ? {
          tls: {
            mode: mode === undefined ? 'Terminate' : context.exact(mode, 'Terminate'),
            certificateRefs: [
              certificate(context, listener, workload, uses) ?? { group: '', kind: 'Secret', name: 'to-be-named' },
            ],
          },
        }
      : protocol === 'TLS'
        ? { tls: { mode: mode === undefined ? 'Passthrough' : context.exact(mode, 'Passthrough') } }
        : {}),
  };
}

/** Emits the Gateway for those listeners that can be applied, and a draft of another name for the rest. */
export function emitGateway(
  context: Context,
  gateway: IstioGateway,
  listeners: readonly Listener[],
  workload: GatewayWorkload,
  uses: SecretUse[],
): void {
  const byDraft = Map.groupBy(listeners, ({ draft }) => draft !== undefined);
  for (const [isDraft, own] of byDraft) {
    const why = own[0]?.draft;
    const role: EmittedRole =
      why === undefined ? { role: 'resource', stage: 'edge' } : { role: 'draft', stage: 'edge', why };
    const selector = child(gateway.spec, 'selector');
    context.emit({
      ...role,
      object: {
        apiVersion: `${gatewayApi}/v1`,
        kind: 'Gateway',
        metadata: { name: gatewayName(context, gateway, isDraft), namespace: gateway.namespace },
        spec: {
          gatewayClassName: selector === undefined ? classOf(gateway) : context.derived(selector, classOf(gateway)),
          listeners: own.map((listener) => listenerOf(context, listener, workload, uses)),
        },
      },
      services: [],
    });
  }
}

/** Emits one ReferenceGrant for each pair of namespaces, so that Gateways may name the Secrets of the old gateway's namespace. */
export function emitSecretGrants(context: Context, uses: readonly SecretUse[]): void {
  for (const [, same] of Map.groupBy(uses, ({ from, to }) => `${to} ${from}`)) {
    const { from, to } = same[0] as SecretUse;
    const names = [...new Set(same.map(({ name }) => name))].sort();
    context.emit({
      role: 'resource',
      stage: 'edge',
      object: {
        apiVersion: `${gatewayApi}/v1beta1`,
        kind: 'ReferenceGrant',
        metadata: { name: dnsLabel(`gateways-of-${from}`), namespace: to },
        spec: {
          from: [{ group: gatewayApi, kind: 'Gateway', namespace: from }],
          to: names.map((name) => ({ group: '', kind: 'Secret', name })),
        },
      },
      services: [],
    });
  }
}
