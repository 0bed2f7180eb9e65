import { codes } from '@isthmus/diagnostics';
import { byAge, effectiveMtls, type PeerAuthentication, readPeerAuthentication, selects } from '@isthmus/istio';
import { descend, rootField } from '@isthmus/kubernetes';
import { amount, workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import type { Pod } from '../pods.ts';

/** The policy that decides the mode of a pod: the nearest level that says one, the oldest on it. */
function deciding(policies: readonly PeerAuthentication[], pod: Pod): PeerAuthentication | undefined {
  for (const level of ['workload', 'namespace', 'mesh'] as const) {
    const oldest = policies.filter((one) => one.level === level && selects(one.scope, pod)).sort(byAge)[0];
    if (oldest === undefined) continue;
    if (oldest.mode !== undefined || [...oldest.ports.values()].includes('STRICT')) return oldest;
  }
  return undefined;
}

export const strictServer: Check = {
  id: 'strict-server',
  holds: 'Servers of Istio take plaintext as well',
  area: 'traffic',
  code: codes.preflight.strictServer,
  examines: 'the mode that PeerAuthentications give each workload and its ports',
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: sales}
spec:
  mtls:
    mode: STRICT
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
    passing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: sales}
spec:
  mtls:
    mode: PERMISSIVE
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
  },
  run: (facts) => {
    const { rootNamespace } = facts.config.mesh;
    const resources = facts.ofKind('security.istio.io', 'PeerAuthentication');
    const policies = resources.map((resource) => readPeerAuthentication(resource, rootNamespace));
    const strict = new Map<PeerAuthentication, Pod[]>();
    for (const pod of facts.pods) {
      const { mode, ports } = effectiveMtls(policies, pod);
      if (mode !== 'STRICT' && ![...ports.values()].includes('STRICT')) continue;
      const policy = deciding(policies, pod);
      if (policy !== undefined) strict.set(policy, [...(strict.get(policy) ?? []), pod]);
    }
    const evidence = [...strict].map(([{ resource }, pods]) => ({
      found: `${called(resource)} makes ${pods.length === 1 && pods[0] ? called(pods[0].resource) : `${pods.length} workloads`} take mutual TLS only.`,
      at: descend(rootField(resource), 'spec', 'mtls') ?? resource,
      services: pods.flatMap((pod) => facts.servicesOf(pod)),
    }));
    return {
      examined: [workloads(facts), amount(resources.length, 'PeerAuthentication')],
      evidence,
    };
  },
};
