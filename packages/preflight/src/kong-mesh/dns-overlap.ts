import { codes } from '@isthmus/diagnostics';
import { child, text } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, idOf } from '../facts.ts';
import { specOf } from './target.ts';

export const dnsOverlap: Check = {
  id: 'dns-overlap',
  holds: 'Host names of Kong Mesh are its own',
  area: 'kong-mesh',
  code: codes.preflight.dnsOverlap,
  examines: 'the templates of HostnameGenerators, in the import and in the translation, and the names of Services',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: HostnameGenerator
metadata: {name: services, namespace: kong-mesh-system}
spec:
  selector: {meshService: {matchLabels: {kuma.io/env: kubernetes}}}
  template: "{{ .DisplayName }}.{{ .Namespace }}.svc.cluster.local"
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: HostnameGenerator
metadata: {name: services, namespace: kong-mesh-system}
spec:
  selector: {meshService: {matchLabels: {kuma.io/env: kubernetes}}}
  template: "{{ .DisplayName }}.{{ .Namespace }}.svc.mesh.local"
`,
  },
  run: (facts) => {
    const generators = facts.kongMesh('HostnameGenerator');
    const suffix = `.${facts.settings.clusterDomain}`;
    const evidence = generators.flatMap((generator) => {
      const at = text(child(specOf(generator), 'template'));
      if (at === undefined || !at.value.endsWith(suffix)) return [];
      const name = at.value.includes('{{') ? undefined : facts.index.named(at.value, '');
      const service = name && facts.index.get(name.namespace, name.name);
      // A name of its own under the suffix hides nothing.
      if (!at.value.includes('{{') && service === undefined) return [];
      return {
        found: `${called(generator)} makes names \`${at.value}\`${service === undefined ? '' : `, which is that of Service ${idOf(service)}`}.`,
        at,
        services: service === undefined ? [] : [idOf(service)],
      };
    });
    return { examined: [amount(generators.length, 'HostnameGenerator')], evidence };
  },
};
