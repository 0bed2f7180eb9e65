import { codes } from '@isthmus/diagnostics';
import { child, descend, items, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { specOf } from './target.ts';

const lists = ['allow', 'allowWithShadowDeny', 'deny'];

export const identityPrefix: Check = {
  id: 'identity-prefix',
  holds: 'Prefixes of identities cover one namespace',
  area: 'kong-mesh',
  code: codes.preflight.prefix,
  examines: 'prefixes of identities in MeshTrafficPermissions, in the import and in the translation, and namespaces',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata: {name: sales}
---
apiVersion: v1
kind: Namespace
metadata: {name: sales-sandbox}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: sales, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Mesh}
  rules:
    - default:
        allow:
          - spiffeID: {type: Prefix, value: "spiffe://cluster.local/ns/sales"}
`,
    passing: `apiVersion: v1
kind: Namespace
metadata: {name: sales}
---
apiVersion: v1
kind: Namespace
metadata: {name: sales-sandbox}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: sales, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Mesh}
  rules:
    - default:
        allow:
          - spiffeID: {type: Prefix, value: "spiffe://cluster.local/ns/sales/sa"}
`,
  },
  run: (facts) => {
    const known = [
      ...new Set([
        ...facts.namespaces.map(({ name }) => name),
        ...facts.everyPod.map(({ namespace }) => namespace),
        ...facts.index.all.map(({ namespace }) => namespace),
      ]),
    ].sort();
    const permissions = facts.kongMesh('MeshTrafficPermission');
    const evidence = permissions.flatMap((permission) =>
      items(child(specOf(permission), 'rules'))
        .flatMap((rule) => lists.flatMap((list) => items(descend(rule, 'default', list))))
        .flatMap((match) => {
          const at = text(descend(match, 'spiffeID', 'value'));
          if (at === undefined || text(descend(match, 'spiffeID', 'type'))?.value !== 'Prefix') return [];
          const meant = /\/ns\/([^/]+)$/.exec(at.value)?.[1];
          const others = meant === undefined ? [] : known.filter((name) => name !== meant && name.startsWith(meant));
          if (meant === undefined || others.length === 0) return [];
          return {
            found: `${called(permission)} matches identities that begin with \`${at.value}\`: those of namespace ${others.join(', ')} do too.`,
            at,
            services: [],
            // What is denied to too many opens nothing.
            ...(at.path.includes('.deny[') ? { severity: 'warning' as const } : {}),
          };
        }),
    );
    return { examined: [amount(permissions.length, 'MeshTrafficPermission')], evidence };
  },
};
