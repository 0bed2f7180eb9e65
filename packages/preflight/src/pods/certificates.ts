import { codes } from '@isthmus/diagnostics';
import { child, items, text } from '@isthmus/kubernetes';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { wordsOf } from '../pods.ts';
import { annotated } from './annotations.ts';

const folder = /\/etc\/(?:istio-output-certs|istio-certs|certs\/istio)|\/var\/run\/secrets\/(?:workload-spiffe|istio)/;

export const certificates: Check = {
  id: 'certificates',
  holds: "No application reads Istio's certificates",
  area: 'pods',
  code: codes.preflight.certificates,
  examines: "annotations that make Istio's sidecar write its certificates, and paths to them in containers",
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: prometheus, namespace: operations}
spec:
  template:
    metadata:
      annotations:
        proxy.istio.io/config: |
          proxyMetadata:
            OUTPUT_CERTS: /etc/istio-output-certs
    spec: {containers: [{name: prometheus}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: prometheus, namespace: operations}
spec:
  template:
    metadata:
      annotations:
        proxy.istio.io/config: |
          concurrency: 2
    spec: {containers: [{name: prometheus}]}
`,
  },
  run: (facts) => {
    const written = annotated(facts, ['proxy.istio.io/config'], (value) => value.includes('OUTPUT_CERTS'));
    const told = new Set(written.map(({ at }) => ('resource' in at ? at.resource : at)));
    const read = facts.pods.flatMap((pod) => {
      const at = pod.containers
        .flatMap((container) => [
          ...wordsOf(container),
          ...items(child(container.field, 'volumeMounts')).flatMap((mount) => text(child(mount, 'mountPath')) ?? []),
        ])
        .find(({ value }) => folder.test(value));
      if (at === undefined || told.has(pod.resource)) return [];
      return {
        found: `A container of ${called(pod.resource)} reads \`${folder.exec(at.value)?.[0]}\`.`,
        at,
        services: facts.servicesOf(pod),
      };
    });
    return { examined: [workloads(facts)], evidence: [...written, ...read] };
  },
};
