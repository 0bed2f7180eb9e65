import type { EffectiveConfig } from '@isthmus/istio';
import { effectiveNamespace, type Resource } from '@isthmus/kubernetes';
import type { Decided } from './difference.ts';
import type { Verification } from './verify-estate.ts';

/** A finding about the input, as far as it can predict a difference. */
export interface Finding {
  readonly code: string;
  readonly severity: 'blocker' | 'warning' | 'info';
  readonly resource?: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly file?: string;
  /** Of the field in the resource. */
  readonly path?: string;
}

/**
 * Areas of codes (`ISTHMUS-<area>-<number>`) that speak of routing or resilience: DestinationRules, the estate as a whole,
 * EnvoyFilters, routes of the Gateway API, MeshConfig, Sidecars, ServiceEntries, translation in general, VirtualServices.
 */
const areas = new Set(['DR', 'EST', 'EXT', 'GA', 'MC', 'SC', 'SE', 'TR', 'VS']);
/** Said of every route whatever becomes of it: that Kong Mesh would read it too, were it not removed. */
const general = new Set(['ISTHMUS-GA-003']);
/** Said of a namespace whose Services only Kong Mesh knows. */
const unknownToIstio = new Set(['ISTHMUS-INS-010', 'ISTHMUS-INS-011']);
/** Those of them that speak of the mesh where they name no resource. */
const meshWide = new Set(['EST', 'MC', 'TR']);
const areaOf = (code: string): string => code.split('-')[1] ?? '';

/** Fields that decide how long and how often is tried, and nothing about where requests go. */
const settings = /\b(?:trafficPolicy|connectionPool|outlierDetection|loadBalancer|timeout|retries|fault)\b/;
/** What is said of a balancer is that it is PASSTHROUGH: requests go to the address that was dialled; of TLS, that the server gets none. */
const steering = /\bloadBalancer\.simple$|\btls\b/;
const onlyResilience = (path: string): boolean => settings.test(path) && !steering.test(path);

// Only what has a say in routing and resilience predicts differences there: a lost JWT rule explains no timeout.
const deciding = new Set([
  'ConfigMap',
  'DestinationRule',
  'EnvoyFilter',
  'GRPCRoute',
  'HTTPRoute',
  'IstioOperator',
  'Service',
  'ServiceEntry',
  'Sidecar',
  'TCPRoute',
  'TLSRoute',
  'VirtualService',
]);
/** Kinds that may concern all of a namespace, or of the mesh from the root namespace. */
const wide = new Set(['ConfigMap', 'IstioOperator', 'Sidecar']);

interface Subject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const keyOf = ({ kind, namespace, name }: Subject): string => `${kind} ${namespace || 'default'}/${name}`;

/** The resources whose rules decided, and the DestinationRules of where the request went. */
function decidedBy(config: EffectiveConfig, { clients, verdict }: Verification): Subject[] {
  if (verdict.verdict !== 'differs') return [];
  const { decision, rule }: Decided = verdict.counterexample.before;
  const hosts = decision.kind === 'forward' ? decision.destinations.map(({ destination }) => destination.host) : [];
  return [
    ...(rule === undefined ? [] : [rule]),
    ...hosts.flatMap((host) => config.destinationRule(clients.client, host)?.resources ?? []),
  ];
}

/** The routes of the Gateway API whose parents are services, by `<namespace>/<name>` of the Service. */
function routesByService({ meshRoutes }: EffectiveConfig): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const { resource, parents } of meshRoutes.routes)
    for (const { kind, namespace, name } of parents) {
      if (kind !== 'Service') continue;
      const key = `${namespace}/${name}`;
      found.set(key, [...(found.get(key) ?? []), resource]);
    }
  return found;
}

/** Whether one of the meshes does not take the request at all, which is what Sidecars decide. */
function isOfReach({ verdict }: Verification): boolean {
  if (verdict.verdict !== 'differs') return false;
  const { before, after, differences } = verdict.counterexample;
  return differences.some(({ what }) => what === 'kind') && (before.rule === undefined || after.rule === undefined);
}

/**
 * Tells which findings predicted a difference: warnings and blockers on the resources that concern the service or decided in
 * the counterexample, on what holds for all of its or its clients' namespace or for the mesh, and those about no resource.
 * What speaks of access or of telemetry predicts nothing here, and what speaks of timeouts no other way of a request.
 * @param concerning the Istio resources that concern a service (`<namespace>/<name>`)
 */
export function predictions(
  findings: readonly Finding[],
  config: EffectiveConfig,
  concerning: (service: string) => readonly Resource[],
): (verification: Verification) => readonly string[] {
  const byResource = new Map<string, Finding[]>();
  const byNamespace = new Map<string, Finding[]>();
  const byHome = new Map<string, Finding[]>();
  const everywhere: Finding[] = [];
  const add = (map: Map<string, Finding[]>, key: string, finding: Finding): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [finding]);
    else known.push(finding);
  };
  for (const finding of findings) {
    const { code, severity, resource, file } = finding;
    if (resource !== undefined && unknownToIstio.has(code))
      add(
        byHome,
        resource.kind === 'Namespace' ? resource.name : effectiveNamespace({ ...resource, group: '' }),
        finding,
      );
    if (severity === 'info' || !areas.has(areaOf(code)) || general.has(code)) continue;
    if (resource === undefined) {
      // What is said of a file is about reading it.
      if (file === undefined && meshWide.has(areaOf(code))) everywhere.push(finding);
      continue;
    }
    if (!deciding.has(resource.kind)) continue;
    add(byResource, keyOf(resource), finding);
    if (wide.has(resource.kind)) add(byNamespace, resource.namespace || 'default', finding);
  }
  const routes = routesByService(config);
  return (verification) => {
    const { namespace, name, clients, aspect, followed } = verification;
    const subjects: Subject[] = [
      { kind: 'Service', namespace, name },
      ...[...concerning(`${namespace}/${name}`), ...(routes.get(`${namespace}/${name}`) ?? []), ...followed].map(
        (resource) => ({
          kind: resource.kind,
          namespace: effectiveNamespace(resource),
          name: resource.name,
        }),
      ),
      ...decidedBy(config, verification),
    ];
    const namespaces = [config.mesh.rootNamespace, namespace, clients.client.namespace];
    const found = [
      ...everywhere,
      ...subjects.flatMap((subject) => byResource.get(keyOf(subject)) ?? []),
      ...namespaces.flatMap((one) => byNamespace.get(one) ?? []),
      ...(isOfReach(verification) ? (byHome.get(namespace) ?? []) : []),
    ]
      .filter(({ path = '' }) => aspect === 'resilience' || !onlyResilience(path))
      .filter(({ resource }) => resource?.kind !== 'Sidecar' || isOfReach(verification));
    return [...new Set(found.map(({ code }) => code))].sort();
  };
}
