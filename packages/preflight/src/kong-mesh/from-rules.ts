import { codes } from '@isthmus/diagnostics';
import { child } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { specOf } from './target.ts';

export const fromRules: Check = {
  id: 'from-rules',
  holds: 'No policy has from-rules that 3.0 has not',
  area: 'kong-mesh',
  code: codes.preflight.goneFrom,
  examines: '`from` in MeshTrafficPermissions and MeshTLS policies, for Kong Mesh 3.0',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: allow-all, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Mesh}
  from: [{targetRef: {kind: Mesh}, default: {action: Allow}}]
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: allow-all, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Mesh}
  rules:
    - default:
        allow: [{spiffeID: {type: Prefix, value: "spiffe://cluster.local/ns"}}]
`,
    settings: { target: '3.0' },
  },
  run: (facts) => {
    if (facts.settings.target !== '3.0')
      return { skipped: `Only Kong Mesh 3.0 has lost the field; the target is ${facts.settings.target}.` };
    const policies = [...facts.kongMesh('MeshTrafficPermission'), ...facts.kongMesh('MeshTLS')];
    const evidence = policies.flatMap((policy) => {
      const at = child(specOf(policy), 'from');
      return at === undefined ? [] : { found: `${called(policy)} has \`spec.from\`.`, at, services: [] };
    });
    return {
      examined: [
        amount(
          policies.length,
          'MeshTrafficPermission or MeshTLS policy',
          'MeshTrafficPermissions and MeshTLS policies',
        ),
      ],
      evidence,
    };
  },
};
