import { codes } from '@isthmus/diagnostics';
import { child, type Field, isList, items, type Json, matchesSelector, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import { allowsPort, networkPolicies, selectorOf } from './selection.ts';

const port = 5678;

function reaches(facts: Facts, rule: Field): boolean {
  if (!allowsPort(rule, port)) return false;
  const peers = items(child(rule, 'to'));
  if (peers.length === 0) return true;
  const { systemNamespace } = facts.settings;
  const labels = {
    'kubernetes.io/metadata.name': systemNamespace,
    ...facts.namespace(systemNamespace)?.labels,
  };
  return peers.some((peer) => {
    const selector = child(peer, 'namespaceSelector');
    // Addresses may be those of the control plane; only a person can tell.
    if (selector === undefined) return text(child(child(peer, 'ipBlock'), 'cidr')) !== undefined;
    return matchesSelector(selectorOf(selector), labels);
  });
}

export const egressToControlPlane: Check = {
  id: 'egress-to-control-plane',
  holds: 'Network policies leave the way to the control plane open',
  area: 'network',
  code: codes.preflight.egress,
  examines: 'NetworkPolicies for egress of pods that join Kong Mesh',
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-dns, namespace: sales}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - ports: [{protocol: UDP, port: 53}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-dns, namespace: sales}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - ports: [{protocol: UDP, port: 53}]
    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kong-mesh-system}}}]
      ports: [{protocol: TCP, port: 5678}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
  },
  run: (facts) => {
    const policies = networkPolicies(facts);
    const closing = policies.filter(({ directions }) => directions.has('Egress'));
    // What one policy allows the others do not take away.
    const open = new Set(
      closing.flatMap(({ spec, pods }) =>
        items(child(spec, 'egress')).some((rule) => reaches(facts, rule)) ? pods : [],
      ),
    );
    const evidence = closing.flatMap(({ resource, spec, pods }) => {
      const closed = pods.filter((pod) => !open.has(pod));
      if (closed.length === 0) return [];
      const written = child(spec, 'egress');
      const rules: readonly Json[] = isList(written?.value ?? null) ? (written?.value as readonly Json[]) : [];
      const rule: Json = {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': facts.settings.systemNamespace } } }],
        ports: [{ protocol: 'TCP', port }],
      };
      return {
        found: `${called(resource)} lets ${closed.length === 1 && closed[0] ? called(closed[0].resource) : `${closed.length} workloads`} reach no port ${port} in ${facts.settings.systemNamespace}.`,
        at: written ?? spec ?? resource,
        services: closed.flatMap((pod) => facts.servicesOf(pod)),
        patch: {
          apiVersion: resource.apiVersion,
          kind: resource.kind,
          metadata: { name: resource.name, namespace: resource.namespace || 'default' },
          spec: { egress: [...rules, rule] },
        },
      };
    });
    return { examined: [amount(policies.length, 'NetworkPolicy', 'NetworkPolicies')], evidence };
  },
};
