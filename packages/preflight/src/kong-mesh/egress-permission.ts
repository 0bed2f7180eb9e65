import { codes } from '@isthmus/diagnostics';
import { child, descend, entries, items, type Resource, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { notInstalled, showsZoneEgress } from './external-services.ts';
import { specOf } from './target.ts';

/** Whether a permission can be one for the zone egress. */
function isForEgress(permission: Resource): boolean {
  const target = descend(specOf(permission), 'targetRef');
  const labels = Object.fromEntries(entries(child(target, 'labels')).map(([key, { value }]) => [key, value]));
  const isOpen = items(child(specOf(permission), 'rules')).length > 0;
  const kind = text(child(target, 'kind'))?.value ?? 'Mesh';
  return isOpen && (kind === 'Mesh' || labels['kuma.io/listener-zoneegress'] === 'enabled');
}

export const egressPermission: Check = {
  id: 'egress-permission',
  holds: 'The zone egress lets clients through',
  area: 'kong-mesh',
  code: codes.preflight.egressDenied,
  examines: 'MeshTrafficPermissions for zone egresses, where there are MeshExternalServices',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: kong-mesh-egress, namespace: kong-mesh-system}
spec: {template: {metadata: {labels: {app: kong-mesh-egress}}, spec: {containers: [{name: egress}]}}}
---
apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: weather, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 443, protocol: tcp}
  endpoints: [{address: api.weather.example, port: 443}]
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: kong-mesh-egress, namespace: kong-mesh-system}
spec: {template: {metadata: {labels: {app: kong-mesh-egress}}, spec: {containers: [{name: egress}]}}}
---
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: egress, namespace: kong-mesh-system}
spec:
  targetRef: {kind: Dataplane, labels: {kuma.io/listener-zoneegress: enabled}}
  rules:
    - default:
        allow: [{spiffeID: {type: Prefix, value: "spiffe://cluster.local/ns"}}]
---
apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: weather, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 443, protocol: tcp}
  endpoints: [{address: api.weather.example, port: 443}]
`,
  },
  run: (facts) => {
    if (facts.settings.target === '2.13')
      return { skipped: 'Zone egresses deny by default from 2.14 on; the target is 2.13.' };
    const services = facts.kongMesh('MeshExternalService');
    if (services.length > 0 && !facts.showsKongMesh) return { skipped: notInstalled };
    const isDenied = showsZoneEgress(facts) && !facts.kongMesh('MeshTrafficPermission').some(isForEgress);
    return {
      examined: [amount(services.length, 'MeshExternalService')],
      evidence: isDenied
        ? services.map((service) => ({
            found: `No MeshTrafficPermission is for the zone egress that ${called(service)} is reached through.`,
            at: service,
            services: [],
          }))
        : [],
    };
  },
};
