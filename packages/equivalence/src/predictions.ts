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
}

// Only what has a say in routing and resilience predicts differences there: a lost JWT rule explains no timeout.
const deciding = new Set([
  'ConfigMap',
  'DestinationRule',
  'EnvoyFilter',
  'IstioOperator',
  'ProxyConfig',
  'Service',
  'ServiceEntry',
  'Sidecar',
  'VirtualService',
]);
/** Kinds that may concern all of a namespace, or of the mesh from the root namespace. */
const wide = new Set(['ConfigMap', 'EnvoyFilter', 'IstioOperator', 'ProxyConfig', 'Sidecar']);

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

/**
 * Tells which findings predicted a difference: warnings and blockers on the resources that concern the service or decided in
 * the counterexample, on what holds for all of its or its clients' namespaces or for the mesh, and those about no resource.
 * @param concerning the Istio resources that concern a service (`<namespace>/<name>`)
 */
export function predictions(
  findings: readonly Finding[],
  config: EffectiveConfig,
  concerning: (service: string) => readonly Resource[],
): (verification: Verification) => readonly string[] {
  const byResource = new Map<string, Set<string>>();
  const byNamespace = new Map<string, Set<string>>();
  const everywhere = new Set<string>();
  const add = (map: Map<string, Set<string>>, key: string, code: string): void => {
    const codes = map.get(key);
    if (codes === undefined) map.set(key, new Set([code]));
    else codes.add(code);
  };
  for (const { code, severity, resource, file } of findings) {
    if (severity === 'info') continue;
    if (resource === undefined) {
      // What is said of a file is about reading it.
      if (file === undefined) everywhere.add(code);
      continue;
    }
    if (!deciding.has(resource.kind)) continue;
    add(byResource, keyOf(resource), code);
    if (wide.has(resource.kind)) add(byNamespace, resource.namespace || 'default', code);
  }
  return (verification) => {
    const { namespace, name, clients } = verification;
    const subjects: Subject[] = [
      { kind: 'Service', namespace, name },
      ...concerning(`${namespace}/${name}`).map((resource) => ({
        kind: resource.kind,
        namespace: effectiveNamespace(resource),
        name: resource.name,
      })),
      ...decidedBy(config, verification),
    ];
    const namespaces = new Set([config.mesh.rootNamespace, namespace, ...clients.namespaces]);
    const found = new Set(everywhere);
    for (const subject of subjects) for (const code of byResource.get(keyOf(subject)) ?? []) found.add(code);
    for (const one of namespaces) for (const code of byNamespace.get(one) ?? []) found.add(code);
    return [...found].sort();
  };
}
