import { codes } from '@isthmus/diagnostics';
import { type Discovery, isGatewayRoute, isIstioGroup, type Service } from '@isthmus/istio';
import { effectiveNamespace, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, rootField, text } from '../../field.ts';
import { contextLeavesOf, istioMarks, leafAt } from '../../leaves.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { gatewayParents } from '../gateway-api/gateways.ts';
import { rootNamespaceOf, sidecarsOf } from '../sidecar/read.ts';
import { isInjected } from './namespaces.ts';

const area = codes.installation;

/** Kinds that say who may call whom: people count on them. */
const guarding: ReadonlySet<string> = new Set([
  'AuthorizationPolicy',
  'PeerAuthentication',
  'RequestAuthentication',
  'EnvoyFilter',
  'WasmPlugin',
  'TrafficExtension',
]);

/** Istio's labels and annotations on a resource of Istio, and what it asks for. */
function fieldsOf(resource: Resource): Field[] {
  const spec = child(rootField(resource), 'spec');
  const marks = istioMarks(resource).map(([, field]) => field);
  return [...(spec === undefined ? [] : [spec]), ...marks];
}

/** Istio's own resources that it does not read: nothing is made of them. */
function accountForIstio(context: Context, resource: Resource): void {
  const code = guarding.has(resource.kind) ? area.leftOutPolicy : area.leftOut;
  const { kind, name } = resource;
  context.report(code, { kind, name, namespace: effectiveNamespace(resource) }, resource);
  for (const field of fieldsOf(resource)) context.claim(field, 'inert', code);
}

/** Whether a route of the Gateway API is for callers of a Service: Kong Mesh reads those itself (edge.md 1.14). */
const isForServices = (route: Resource): boolean =>
  items(descend(rootField(route), 'spec', 'parentRefs')).some(
    (parent) =>
      text(child(parent, 'kind'))?.value === 'Service' &&
      ['', 'core'].includes(text(child(parent, 'group'))?.value ?? ''),
  );

function accountForOther(context: Context, resource: Resource): void {
  const { kind, name } = resource;
  const where = { kind, name, namespace: effectiveNamespace(resource) };
  const paths = contextLeavesOf(resource);
  for (const path of paths) {
    const field = leafAt(resource, path);
    if (field !== undefined) context.claim(field, 'inert', area.leftOut);
  }
  const spec = child(rootField(resource), 'spec');
  if (isGatewayRoute(resource) && (isForServices(resource) || gatewayParents(resource).length > 0)) {
    if (spec !== undefined) context.claim(spec, 'inert', area.leftOut);
    const isReadByKongMesh = kind === 'HTTPRoute' && isForServices(resource);
    context.report(isReadByKongMesh ? area.leftOutRoute : area.leftOut, where, resource);
  } else if (paths.length > 0) context.report(area.leftOut, where, resource);
}

/** Who refuses what is for hosts that Istio does not know, in words; undefined where nobody does. */
function whoRefuses(context: Context): string | undefined {
  const refuses = (field: Field | undefined): boolean => text(child(field, 'mode'))?.value === 'REGISTRY_ONLY';
  if (meshSettings(context, 'outboundTrafficPolicy').some(refuses)) return 'its proxies (REGISTRY_ONLY)';
  const sidecars = sidecarsOf(context).filter(({ spec }) => refuses(child(spec, 'outboundTrafficPolicy')));
  const [first] = sidecars;
  if (first === undefined) return undefined;
  const others = sidecars.length > 1 ? ` and ${sidecars.length - 1} more` : '';
  return `proxies with REGISTRY_ONLY (Sidecar ${first.namespace}/${first.resource.name}${others})`;
}

const most = 3;

/**
 * Services that Istio does not know and Kong Mesh will: it makes a MeshService of each Service with a cluster address that lies
 * in a namespace labelled for injection, or that has a label for its mesh (kuma, meshservice_controller.go).
 */
function reportServices(context: Context, leftOut: ReadonlySet<Resource>): void {
  const namespaces = new Map<string, Resource>();
  for (const one of context.estate.context)
    if (one.kind === 'Namespace' && one.group === '') namespaces.set(one.name, one);
  const isSeen = ({ namespace, externalName, resource }: Service): boolean => {
    const around = namespaces.get(namespace);
    const isMarked = Object.hasOwn(resource.labels, 'kuma.io/mesh');
    return !externalName && (isMarked || (around !== undefined && isInjected(around)));
  };
  const seen = context.allServices.filter((service) => leftOut.has(service.resource) && isSeen(service));
  const who = whoRefuses(context);
  for (const [namespace, services] of Map.groupBy(seen, (service) => service.namespace)) {
    const names = services.slice(0, most).map(({ name }) => name);
    const more = services.length > most ? ` and ${services.length - most} more` : '';
    const parameters = { namespace, services: `${names.join(', ')}${more}` };
    const at = namespaces.get(namespace) ?? services[0]?.resource;
    if (who === undefined) context.report(area.leftOutServices, parameters, at);
    else context.report(area.refusedServices, { ...parameters, who }, at);
  }
}

const isIn = (namespace: string) => (resource: Resource) => effectiveNamespace(resource) === namespace;
const isElsewhere = (namespace: string) => (resource: Resource) => effectiveNamespace(resource) !== namespace;

/**
 * What would let somebody in whom Istio refuses, should it not be read: an ALLOW beside others, which let nobody else in, a weaker
 * mode than that of the mesh, and an outside host where all others are refused. Of a part of an estate others may be elsewhere.
 */
function opens(context: Context, resource: Resource): boolean {
  const root = rootNamespaceOf(context);
  const { complete } = context.settings;
  const namespace = effectiveNamespace(resource);
  const spec = child(rootField(resource), 'spec');
  const isAllow = (one: Resource): boolean =>
    (text(descend(rootField(one), 'spec', 'action'))?.value ?? 'ALLOW') === 'ALLOW';
  if (resource.kind === 'AuthorizationPolicy') {
    if (!isAllow(resource) || items(child(spec, 'rules')).length === 0) return false;
    const beside = namespace === root ? isElsewhere(root) : isIn(root);
    return !complete || context.ofKind('AuthorizationPolicy').some((one) => beside(one) && isAllow(one));
  }
  if (resource.kind === 'PeerAuthentication') {
    const isWeak = (field: Field | undefined): boolean =>
      ['PERMISSIVE', 'DISABLE'].includes(text(child(field, 'mode'))?.value ?? '');
    const levels = [child(spec, 'mtls'), ...entries(child(spec, 'portLevelMtls')).map(([, field]) => field)];
    if (namespace === root || !levels.some(isWeak)) return false;
    return !complete || context.ofKind('PeerAuthentication').some(isIn(root));
  }
  return resource.kind === 'ServiceEntry' && whoRefuses(context) !== undefined;
}

/** Says of each namespace of which nobody can tell whether Istio reads it what follows. */
function reportUnknown(context: Context, { unknown, isUsable }: Discovery): void {
  const why = isUsable
    ? 'the import does not hold its Namespace, whose labels would say'
    : 'an entry is none that Istio takes, so that it uses none of them, or those that it had before';
  for (const [namespace, resources] of Map.groupBy(unknown, effectiveNamespace)) {
    const [opening, ...more] = resources.filter((resource) => isIstioGroup(resource.group) && opens(context, resource));
    if (opening === undefined)
      context.report(area.unknownNamespace, { namespace, count: resources.length, why }, resources[0]);
    else {
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      const what = `${opening.kind} ${opening.name}${others}`;
      context.report(area.unknownPolicies, { namespace, what, why }, opening);
    }
  }
}

/** What `discoverySelectors` leave out, and where it is not known whether they do. */
export function accountForLeftOut(context: Context): void {
  const { discovery } = context;
  if (discovery === undefined) return;
  for (const resource of discovery.leftOut)
    if (isIstioGroup(resource.group)) accountForIstio(context, resource);
    else accountForOther(context, resource);
  reportServices(context, new Set(discovery.leftOut));
  reportUnknown(context, discovery);
}
