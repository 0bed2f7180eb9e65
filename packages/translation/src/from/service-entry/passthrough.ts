import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { Field } from '../../field.ts';
import type { Outbound, OutboundModes } from './outbound.ts';

type Protocol = 'http' | 'http2' | 'grpc' | 'tls' | 'tcp' | 'mysql';

/** One connection that may go out, with the source fields of its parts. */
export interface Allowed {
  readonly type: 'Domain' | 'IP' | 'CIDR';
  readonly value: string;
  readonly valueFrom: readonly Field[];
  readonly port: number;
  readonly portFrom: Field;
  readonly protocol: Protocol;
  readonly protocolFrom: Field;
  /** Why it is for a person to let out; then it stands in a draft beside the list. */
  readonly draft?: string;
}

/** Whose connections a list is for: the whole mesh, or the workloads of one namespace. */
export type Scope = 'mesh' | { readonly namespace: string };

/** Collects what may go out, and emits one MeshPassthrough for the mesh and one for each namespace that has a list of its own. */
export interface Egress {
  /** Adds a connection; false (with a finding) where the port already speaks another HTTP protocol. */
  allow(scope: Scope, allowed: Allowed): boolean;
  emit(modes: OutboundModes): void;
}

const layer7 = new Set<Protocol>(['http', 'http2', 'grpc']);
// An HTTP protocol behind another one on its port is refused (kuma, meshpassthrough/api/v1alpha1/validator.go, 2.14; verified by running).
const order: readonly Protocol[] = ['http', 'http2', 'grpc', 'mysql', 'tls', 'tcp'];
const compare = (a: Allowed, b: Allowed): number =>
  a.port - b.port ||
  order.indexOf(a.protocol) - order.indexOf(b.protocol) ||
  (a.type < b.type ? -1 : a.type > b.type ? 1 : a.value < b.value ? -1 : a.value > b.value ? 1 : 0);

const keyOf = ({ type, value, port, protocol }: Allowed): string => `${type} ${value} ${port} ${protocol}`;

/** An empty collection. */
export function createEgress(context: Context): Egress {
  const lists = new Map<string, Map<string, Allowed[]>>([['', new Map()]]);
  const spoken = new Map<string, Protocol>();
  const conflicting = (namespace: string, { port, protocol }: Allowed): Protocol | undefined => {
    if (!layer7.has(protocol)) return undefined;
    const places = namespace === '' ? [...lists.keys()] : ['', namespace];
    return places
      .map((place) => spoken.get(`${place} ${port}`))
      .find((other) => other !== undefined && other !== protocol);
  };
  const matchOf = (same: readonly Allowed[]): Record<string, unknown> => {
    const [first] = same as readonly [Allowed, ...Allowed[]];
    return {
      type: first.type,
      value: context.derived(
        same.flatMap(({ valueFrom }) => valueFrom),
        first.value,
      ),
      port: context.derived(
        same.map(({ portFrom }) => portFrom),
        first.port,
      ),
      protocol: context.derived(
        same.map(({ protocolFrom }) => protocolFrom),
        first.protocol,
      ),
    };
  };
  const emitList = (
    namespace: string,
    list: ReadonlyMap<string, Allowed[]>,
    outbound: Outbound,
    why?: string,
  ): void => {
    const name = `egress${why === undefined ? '' : '-by-name'}${namespace === '' ? '' : `-${namespace}`}`;
    const closed = outbound.mode === 'closed';
    const mode = closed ? 'Matched' : 'All';
    const shared = lists.get('') as ReadonlyMap<string, Allowed[]>;
    const own = [...list].filter(([key]) => namespace === '' || !shared.has(key)).map(([, same]) => same);
    context.emit({
      ...(why === undefined ? { role: 'resource', stage: 'egress' } : { role: 'draft', stage: 'egress', why }),
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind: 'MeshPassthrough',
        metadata: {
          name,
          namespace: context.settings.systemNamespace,
          labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone' },
        },
        spec: {
          targetRef:
            namespace === '' ? { kind: 'Mesh' } : { kind: 'Dataplane', labels: { 'k8s.kuma.io/namespace': namespace } },
          default: {
            passthroughMode: outbound.field === undefined ? mode : context.exact(outbound.field, mode),
            appendMatch: own.sort(([a], [b]) => compare(a as Allowed, b as Allowed)).map(matchOf),
          },
        },
      },
      services: [],
    });
    if (why !== undefined) return;
    const at = outbound.field ?? [...list.values()][0]?.[0]?.valueFrom[0];
    if (closed) context.report(codes.serviceEntry.closedByDefault, { name }, at);
    else {
      const reason = outbound.field === undefined ? 'no MeshConfig says otherwise' : 'ALLOW_ANY';
      context.report(codes.serviceEntry.openByDefault, { name, why: reason }, at);
    }
  };
  return {
    allow(scope, allowed) {
      const namespace = scope === 'mesh' ? '' : scope.namespace;
      const kept = conflicting(namespace, allowed);
      if (kept !== undefined) {
        const { port, protocol, protocolFrom, value } = allowed;
        context.unsupported(protocolFrom, codes.serviceEntry.protocolMix, { port, kept, protocol, host: value });
        return false;
      }
      if (layer7.has(allowed.protocol)) spoken.set(`${namespace} ${allowed.port}`, allowed.protocol);
      const list = lists.get(namespace) ?? new Map<string, Allowed[]>();
      lists.set(namespace, list);
      const same = list.get(keyOf(allowed));
      if (same === undefined) list.set(keyOf(allowed), [allowed]);
      else same.push(allowed);
      return true;
    },
    emit({ mesh, namespaces }) {
      for (const namespace of namespaces.keys()) if (!lists.has(namespace)) lists.set(namespace, new Map());
      for (const [namespace, list] of [...lists].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const own = namespace === '' ? undefined : namespaces.get(namespace);
        const outbound = own ?? mesh;
        // A mode of its own is written even without a list; the mesh's only where it closes.
        const speaks = own !== undefined ? own.mode !== mesh.mode : namespace === '' && mesh.mode === 'closed';
        const drafts = new Map([...list].filter(([, [first]]) => first?.draft !== undefined));
        const rest = new Map([...list].filter(([key]) => !drafts.has(key)));
        if (rest.size > 0 || speaks) emitList(namespace, rest, outbound);
        const [[first] = []] = [...drafts.values()];
        if (first !== undefined) emitList(namespace, drafts, { ...outbound, field: undefined }, first.draft);
      }
      for (const { field } of [mesh, ...namespaces.values()])
        if (field?.value === 'ALLOW_ANY_DYNAMIC_DNS')
          context.approximate(field, undefined, codes.serviceEntry.dynamicDns, {});
        else context.settled(field);
    },
  };
}
