import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';

export const trustName: Check = {
  id: 'trust-name',
  holds: 'MeshTrusts have names of their own',
  area: 'kong-mesh',
  code: codes.preflight.trustName,
  examines: 'the names of MeshTrusts and MeshIdentities, in the import and in the translation',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshIdentity
metadata: {name: identity, namespace: kong-mesh-system}
spec: {selector: {dataplane: {matchLabels: {}}}}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrust
metadata: {name: identity, namespace: kong-mesh-system}
spec: {trustDomain: cluster.local, caBundles: []}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshIdentity
metadata: {name: identity, namespace: kong-mesh-system}
spec: {selector: {dataplane: {matchLabels: {}}}}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrust
metadata: {name: istio, namespace: kong-mesh-system}
spec: {trustDomain: cluster.local, caBundles: []}
`,
  },
  run: (facts) => {
    const identities = new Set(facts.kongMesh('MeshIdentity').map(({ name }) => name));
    const trusts = facts.kongMesh('MeshTrust');
    return {
      examined: [amount(trusts.length, 'MeshTrust')],
      evidence: trusts
        // The control plane's own is named after its identity.
        .filter(({ name, labels }) => identities.has(name) && labels['kuma.io/managed-by'] === undefined)
        .map((trust) => ({
          found: `${called(trust)} has the name of a MeshIdentity.`,
          at: trust,
          services: [],
        })),
    };
  },
};
