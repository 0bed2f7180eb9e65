import { codes } from '@isthmus/diagnostics';
import { child, descend, type Field, items, type JsonObject, rootField, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, type Facts, idOf } from '../facts.ts';

/** Every place of a DestinationRule that asks for Istio's mutual TLS. */
function forced(spec: Field | undefined): Field<string>[] {
  const policies = [
    child(spec, 'trafficPolicy'),
    ...items(child(spec, 'subsets')).map((subset) => child(subset, 'trafficPolicy')),
  ];
  return policies
    .flatMap((policy) => [policy, ...items(child(policy, 'portLevelSettings'))])
    .flatMap((policy) => text(descend(policy, 'tls', 'mode')) ?? [])
    .filter(({ value }) => value === 'ISTIO_MUTUAL');
}

/** The services that a host of a DestinationRule stands for; undefined where it is none of the cluster. */
function meant(facts: Facts, host: string, namespace: string): readonly string[] | undefined {
  const domain = facts.settings.clusterDomain;
  if (host.startsWith('*')) {
    const end = host.slice(1);
    const all = facts.services.filter((service) => `${service.name}.${service.namespace}.svc.${domain}`.endsWith(end));
    const namespace = new RegExp(`^\\.([^.]+)\\.svc\\.${domain.replaceAll('.', '\\.')}$`).exec(end)?.[1];
    const isOfCluster =
      `.svc.${domain}`.endsWith(end) || (namespace !== undefined && facts.namespaceJoins(namespace) !== 'no');
    return isOfCluster ? all.map(idOf) : undefined;
  }
  const name = facts.index.named(host, namespace);
  if (name === undefined || facts.namespaceJoins(name.namespace) === 'no') return undefined;
  // A gateway stays what it is until Kong Gateway takes its place.
  const service = facts.index.get(name.namespace, name.name);
  const moves = service === undefined ? !/gateway/.test(name.name) : facts.services.includes(service);
  return moves ? [idOf(name)] : undefined;
}

export const forcedMutualTls: Check = {
  id: 'forced-mutual-tls',
  holds: "Clients are not told to speak Istio's mutual TLS",
  area: 'traffic',
  code: codes.preflight.forcedMutual,
  examines: '`tls.mode` of DestinationRules for hosts of the cluster, of their ports and subsets',
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats, namespace: sales}
spec:
  host: seats.sales.svc.cluster.local
  trafficPolicy:
    tls:
      mode: ISTIO_MUTUAL
`,
    passing: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats, namespace: sales}
spec:
  host: seats.sales.svc.cluster.local
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: 100}}
`,
  },
  run: (facts) => {
    const { enableAutoMtls } = facts.config.mesh;
    const rules = facts.ofKind('networking.istio.io', 'DestinationRule');
    const evidence = rules.flatMap((rule) => {
      const spec = child(rootField(rule), 'spec');
      const host = text(child(spec, 'host'))?.value ?? '';
      const services = meant(facts, host, rule.namespace || 'default');
      if (services === undefined) return [];
      return forced(spec).map((at) => {
        const patch: JsonObject = {
          apiVersion: rule.apiVersion,
          kind: rule.kind,
          metadata: { name: rule.name, namespace: rule.namespace || 'default' },
          spec: { trafficPolicy: { tls: null } },
        };
        return {
          found: `${called(rule)} asks for ISTIO_MUTUAL to \`${host}\`${enableAutoMtls ? '' : ', and mutual TLS is not automatic in this mesh, so that without it callers would send plaintext'}.`,
          at,
          services,
          ...(enableAutoMtls && at.path === 'spec.trafficPolicy.tls.mode' ? { patch } : {}),
        };
      });
    });
    return { examined: [amount(rules.length, 'DestinationRule')], evidence };
  },
};
