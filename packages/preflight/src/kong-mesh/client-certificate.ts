import { codes } from '@isthmus/diagnostics';
import { descend, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { specOf } from './target.ts';

export const clientCertificate: Check = {
  id: 'client-certificate',
  holds: 'Client certificates are presented',
  area: 'kong-mesh',
  code: codes.preflight.clientCertificate,
  examines: 'the verification of MeshExternalServices, in the import and in the translation',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: bank, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 443, protocol: http}
  endpoints: [{address: api.bank.example, port: 443}]
  tls:
    enabled: true
    verification:
      mode: SkipAll
      clientCert: {secret: bank-cert}
      clientKey: {secret: bank-key}
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: MeshExternalService
metadata: {name: bank, namespace: kong-mesh-system}
spec:
  match: {type: HostnameGenerator, port: 443, protocol: http}
  endpoints: [{address: api.bank.example, port: 443}]
  tls:
    enabled: true
    verification:
      mode: SkipSAN
      clientCert: {secret: bank-cert}
      clientKey: {secret: bank-key}
`,
  },
  run: (facts) => {
    const services = facts.kongMesh('MeshExternalService');
    const evidence = services.flatMap((service) => {
      const verification = descend(specOf(service), 'tls', 'verification');
      const at = text(descend(verification, 'mode'));
      if (at?.value !== 'SkipAll' || descend(verification, 'clientCert') === undefined) return [];
      return { found: `${called(service)} has a client certificate and the mode SkipAll.`, at, services: [] };
    });
    return { examined: [amount(services.length, 'MeshExternalService')], evidence };
  },
};
