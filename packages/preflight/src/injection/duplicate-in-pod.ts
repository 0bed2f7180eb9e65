import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import { asksForIstio, asksForKongMesh, injectionLabel } from '../joining.ts';
import { labelOf, type Pod, podPatch } from '../pods.ts';

const wantsKongMesh = (facts: Facts, pod: Pod): boolean =>
  asksForKongMesh(pod.labels[injectionLabel] ?? facts.namespace(pod.namespace)?.labels[injectionLabel]);

function wantsIstio(facts: Facts, pod: Pod): boolean {
  const inject = pod.labels['sidecar.istio.io/inject'];
  if (inject !== undefined) return inject === 'true';
  if (pod.labels['istio.io/rev'] !== undefined) return true;
  // A namespace that asks for both is a finding of its own.
  const labels = facts.namespace(pod.namespace)?.labels ?? {};
  return asksForIstio(labels) && pod.labels[injectionLabel] !== undefined && !asksForKongMesh(labels[injectionLabel]);
}

export const duplicateInPod: Check = {
  id: 'duplicate-in-pod',
  holds: 'No pod asks both meshes for sidecars',
  area: 'injection',
  code: codes.preflight.twiceByPod,
  examines: 'the labels of pod templates and those of their namespaces',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      labels:
        app: seats
        kuma.io/sidecar-injection: enabled
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      labels:
        app: seats
        sidecar.istio.io/inject: "false"
        kuma.io/sidecar-injection: enabled
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods
      .filter((pod) => wantsKongMesh(facts, pod) && wantsIstio(facts, pod))
      .map((pod) => ({
        found: `The pods of ${called(pod.resource)} ask for the sidecars of Istio and of Kong Mesh, by their labels or those of the namespace.`,
        at:
          labelOf(pod, injectionLabel) ??
          labelOf(pod, 'sidecar.istio.io/inject') ??
          labelOf(pod, 'istio.io/rev') ??
          pod.template,
        services: facts.servicesOf(pod),
        patch: podPatch(pod, { labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/rev': null } }),
      })),
  }),
};
