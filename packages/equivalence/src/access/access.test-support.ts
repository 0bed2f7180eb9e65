import { takeIn } from '@isthmus/istio';
import { type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import type { AccessCase } from './scene.ts';

// Workloads of sales: payments (HTTP on 8443, TCP on 9000) and web; of passenger: guest.
const estate = `
apiVersion: v1
kind: Service
metadata: {name: payments, namespace: sales}
spec:
  selector: {app: payments}
  ports: [{name: http, port: 80, targetPort: 8443, appProtocol: http}, {name: tcp, port: 9000, appProtocol: tcp}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: payments, namespace: sales}
spec:
  template:
    metadata: {labels: {app: payments}}
    spec:
      serviceAccountName: payments
      containers: [{name: app, ports: [{containerPort: 8443}, {containerPort: 9000}, {containerPort: 9999}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: sales}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: guest, namespace: passenger}
spec: {template: {metadata: {labels: {app: guest}}, spec: {serviceAccountName: guest}}}
`;

export const identity = `
apiVersion: kuma.io/v1alpha1
kind: MeshIdentity
metadata: {name: identity, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  selector: {dataplane: {matchLabels: {}}}
  provider: {type: Bundled, bundled: {meshTrustCreation: Enabled, autogenerate: {enabled: true}}}
`;

export const authorization = (spec: string): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: payments, namespace: sales}
spec: {selector: {matchLabels: {app: payments}}, ${spec}}
`;
export const authentication = (mode: string): string => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: sales}
spec: {mtls: {mode: ${mode}}}
`;
export const permission = (...matches: string[]): string => `
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: payments, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  targetRef: {kind: Dataplane, labels: {app: payments}}
  rules: [{default: {allow: [${matches.map((match) => `{spiffeID: ${match}}`).join(', ')}]}}]
`;
export const tls = (mode: string): string => `
apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: payments, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {targetRef: {kind: Mesh}, rules: [{default: {mode: ${mode}}}]}
`;

export const own = 'spiffe://default.default.mesh.local';
export const web = `{type: Exact, value: '${own}/ns/sales/sa/web'}`;
export const everyone = `{type: Prefix, value: '${own}/ns'}`;
export const allowWeb = authorization('rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/web]}}]}]');
export const strict = authentication('STRICT');

/** An estate with Istio's and Kong Mesh's own objects, for a judge. */
export function caseOf(
  istio: readonly string[],
  kong: readonly string[],
  settings: Partial<AccessCase['settings']> = {},
): AccessCase {
  const text = [estate, ...istio].join('\n---\n');
  const objects = parseYaml(kong.join('\n---\n')).map(({ value }) => value as JsonObject);
  return {
    estate: takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]),
    emitted: objects.map((object) => ({ role: 'resource', object })),
    settings: {
      target: '2.14',
      mesh: 'default',
      zone: 'default',
      systemNamespace: 'kong-mesh-system',
      rootNamespace: 'istio-system',
      clusterDomain: 'cluster.local',
      complete: true,
      ...settings,
    },
  };
}
