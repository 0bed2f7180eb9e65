import { codes } from '@isthmus/diagnostics';
import { child, descend, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { specOf } from '../kong-mesh/target.ts';

export const egressControl: Check = {
  id: 'egress-control',
  holds: 'What leaves the mesh stays controlled',
  area: 'traffic',
  code: codes.preflight.openEgress,
  examines: '`outboundTrafficPolicy` of the mesh, and MeshPassthrough policies in the import and in the translation',
  examples: {
    failing: `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio, namespace: istio-system}
spec:
  meshConfig:
    outboundTrafficPolicy:
      mode: REGISTRY_ONLY
`,
    passing: `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio, namespace: istio-system}
spec:
  meshConfig:
    outboundTrafficPolicy: {mode: REGISTRY_ONLY}
---
apiVersion: kuma.io/v1alpha1
kind: MeshPassthrough
metadata: {name: mesh, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Mesh}
  default: {passthroughMode: Matched, appendMatch: [{type: Domain, value: api.bank.example, protocol: tls, port: 443}]}
`,
  },
  run: (facts) => {
    const at = text(descend(facts.config.mesh.config, 'outboundTrafficPolicy', 'mode'));
    const policies = facts.kongMesh('MeshPassthrough');
    const closes = policies.some((policy) => {
      const spec = specOf(policy);
      const kind = text(descend(spec, 'targetRef', 'kind'))?.value ?? 'Mesh';
      const mode = text(child(child(spec, 'default'), 'passthroughMode'))?.value ?? 'Matched';
      return kind === 'Mesh' && mode !== 'All' && policy.namespace === facts.settings.systemNamespace;
    });
    return {
      examined: [
        amount(facts.config.mesh.config === undefined ? 0 : 1, 'mesh configuration'),
        amount(policies.length, 'MeshPassthrough', 'MeshPassthroughs'),
      ],
      evidence:
        at?.value === 'REGISTRY_ONLY' && !closes
          ? [
              {
                found:
                  'The mesh lets nothing out that its registry does not know, and no MeshPassthrough does the same.',
                at,
                services: [],
              },
            ]
          : [],
    };
  },
};
