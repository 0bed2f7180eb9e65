import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { notInstalled, showsZoneEgress } from './external-services.ts';

export const zoneEgress: Check = {
  id: 'zone-egress',
  holds: 'External services have a zone egress',
  area: 'kong-mesh',
  code: codes.preflight.noEgress,
  examines: 'MeshExternalServices, in the import and in the translation, and zone egresses',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: Mesh
metadata: {name: default}
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
kind: MeshExternalService
metadata: {name: weather, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 443, protocol: tcp}
  endpoints: [{address: api.weather.example, port: 443}]
`,
  },
  run: (facts) => {
    const services = facts.kongMesh('MeshExternalService');
    const examined = [amount(services.length, 'MeshExternalService')];
    if (services.length > 0 && !facts.showsKongMesh) return { skipped: notInstalled };
    return {
      examined,
      evidence: showsZoneEgress(facts)
        ? []
        : services.map((service) => ({
            found: `${called(service)} is there, and the import shows no zone egress.`,
            at: service,
            services: [],
          })),
    };
  },
};
