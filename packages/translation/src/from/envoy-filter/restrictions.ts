import { codes } from '@isthmus/diagnostics';
import { type Service, type Workload, workloadsOf } from '@isthmus/istio';
import { type Json, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, entries, type Field, rootField } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';
import type { Patch, Side } from './patch.ts';

/** What a restriction looks at: requests, or connections whatever is in them. */
type Layer = 'requests' | 'connections';

const refusing =
  /^envoy\.filters\.(http|network)\.(?:ext_authz|rbac|jwt_authn|oauth2|basic_auth|api_key_auth|csrf|ratelimit|local_ratelimit|rate_limit_quota|ip_tagging|wasm|golang|ext_proc|dynamic_modules|bandwidth_limit|connection_limit)$/;

/** A script that can answer by itself, or asks somebody else. */
const answering = /:\s*(?:respond|httpCall)\s*\(/;

/** The layer at which a filter that is added may refuse something; undefined where it refuses nothing. */
export function restrictionOf(name: string, settings: Json | undefined): Layer | undefined {
  const [, layer] = refusing.exec(name) ?? [];
  if (layer !== undefined) return layer === 'http' ? 'requests' : 'connections';
  if (name !== 'envoy.filters.http.lua') return undefined;
  const text = JSON.stringify(settings ?? '', (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  return answering.test(text) ? 'requests' : undefined;
}

/** Workloads by their namespace (every one where it is undefined) and labels. */
interface Selection {
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

const byNamespace = oncePerContext((context) => ({
  workloads: Map.groupBy(
    workloadsOf(context.estate).filter(({ inCluster }) => inCluster),
    ({ namespace }) => namespace,
  ),
  services: Map.groupBy(context.allServices, ({ namespace }) => namespace),
}));

const selecting = (services: readonly Service[], { labels }: Workload): Service[] =>
  services.filter(
    ({ selector, externalName }) =>
      !externalName && selector !== undefined && Object.keys(selector).length > 0 && matchesLabels(selector, labels),
  );

const most = 3;

function listed(places: readonly string[]): string {
  const shown = places.slice(0, most).join(', ');
  return places.length > most ? `${shown} and ${places.length - most} more` : shown;
}

/**
 * Where a restriction of what comes in does not act in Kong Mesh, in words; undefined where it acts as in Istio. Kong Mesh
 * reads requests only on ports that are declared to be of HTTP, and has listeners only for ports of Services; Istio finds out
 * what undeclared ports carry, and patches the chains for ports of no Service too (edge.md 3.9, routing.md 2.5).
 */
function gapOf(context: Context, { namespace, labels }: Selection, layer: Layer): string | undefined {
  const known = byNamespace(context);
  const root = rootNamespaceOf(context);
  const namespaces = namespace === undefined ? [...known.workloads.keys()].filter((one) => one !== root) : [namespace];
  const workloads = namespaces.flatMap((one) =>
    (known.workloads.get(one) ?? []).filter((workload) => matchesLabels(labels, workload.labels)),
  );
  if (workloads.length === 0)
    return 'of the workloads that it is for the import holds none, so that nobody can tell which ports Kong Mesh reads';
  const lonely: string[] = [];
  const unread = new Set<string>();
  for (const workload of workloads) {
    const services = selecting(known.services.get(workload.namespace) ?? [], workload);
    if (services.length === 0) lonely.push(`${workload.namespace}/${workload.name}`);
    if (layer === 'requests')
      for (const { name, namespace: own, ports } of services)
        for (const { port, protocol, transport } of ports)
          if (protocol === undefined && transport === 'TCP') unread.add(`${own}/${name}:${port}`);
  }
  if (unread.size > 0)
    return `Istio finds out what comes in on ${listed([...unread].sort())}, which Kong Mesh takes for TCP`;
  return lonely.length === 0
    ? undefined
    : `no Service sends to ${listed(lonely.sort())}, so that Kong Mesh has no listener for it`;
}

/** The workloads of an EnvoyFilter. */
export function selectionOf(context: Context, resource: Resource): Selection {
  const namespace = resource.namespace || 'default';
  const labels = entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels'));
  return {
    namespace: namespace === rootNamespaceOf(context) ? undefined : namespace,
    labels: Object.fromEntries(labels.map(([key, field]) => [key, String(field.value)])),
  };
}

/** Blocks where a restriction that is carried over does not act, or cannot be shown to: nobody is refused there any more. */
export function reportGaps(
  context: Context,
  at: Field,
  what: string,
  layer: Layer,
  sides: readonly Side[],
  selection: Selection,
): void {
  const where = sides.includes('outbound')
    ? 'for what goes out it cannot be told which of it Kong Mesh reads, and to unknown destinations it reads nothing'
    : gapOf(context, selection, layer);
  if (where !== undefined) context.report(codes.extension.restrictionWithGaps, { what, where }, at);
}

/** As `reportGaps`, for a patch that adds a filter. */
export function reportGapsOf(context: Context, { name, config, operation, resource, field, sides }: Patch): void {
  const layer = /^(?:INSERT_|ADD$)/.test(operation) ? restrictionOf(name ?? '', config?.value) : undefined;
  if (layer !== undefined) reportGaps(context, field, name ?? '', layer, sides, selectionOf(context, resource));
}
