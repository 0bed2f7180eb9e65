import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { httpAddresses } from './external-services.ts';

export const sharedAddress: Check = {
  id: 'shared-address',
  holds: 'External services have addresses of their own',
  area: 'kong-mesh',
  code: codes.preflight.sharedAddress,
  examines: 'the DNS names of endpoints of MeshExternalServices with HTTP, in the import and in the translation',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: seats, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 80, protocol: http}
  endpoints: [{address: istio-gateway.kongair.example, port: 80}]
---
apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: bookings, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 80, protocol: http}
  endpoints: [{address: istio-gateway.kongair.example, port: 80}]
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: seats, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 80, protocol: http}
  endpoints: [{address: seats.bridge.kongair.example, port: 80}]
---
apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: bookings, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 80, protocol: http}
  endpoints: [{address: bookings.bridge.kongair.example, port: 80}]
`,
  },
  run: (facts) => {
    const services = facts.kongMesh('MeshExternalService');
    // A host that is external itself is the right Host for whatever stands for it.
    const external = new Set(
      facts.config.registry.all.filter(({ registry }) => registry === 'external').map(({ host }) => host),
    );
    const byAddress = Map.groupBy(services.flatMap(httpAddresses), ({ value }) => value);
    const evidence = [...byAddress].flatMap(([address, fields]) => {
      const resources = [...new Set(fields.map(({ resource }) => resource))];
      const at = fields.find(({ resource }) => resource === resources[1]);
      // Two ports of one external service are split over several resources of the same host: Host is the same for both.
      const hosts = new Set(resources.map(({ name }) => name.replace(/-\d+$/, '')));
      if (at === undefined || hosts.size < 2 || external.has(address)) return [];
      return { found: `${resources.map(called).join(' and ')} have the address \`${address}\`.`, at, services: [] };
    });
    return { examined: [amount(services.length, 'MeshExternalService')], evidence };
  },
};
