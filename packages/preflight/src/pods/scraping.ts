import { codes } from '@isthmus/diagnostics';
import { child, flag } from '@isthmus/kubernetes';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotationOf } from '../pods.ts';
import { annotated } from './annotations.ts';

export const scraping: Check = {
  id: 'scraping',
  holds: "Prometheus does not rely on Istio's sidecar",
  area: 'pods',
  code: codes.preflight.scraped,
  examines: 'the annotations of pod templates that Prometheus reads',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: loyalty, namespace: passenger}
spec:
  template:
    metadata:
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "8080"
    spec: {containers: [{name: loyalty}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: loyalty, namespace: passenger}
spec:
  template:
    metadata:
      annotations:
        prometheus.io/scrape: "true"
        prometheus.istio.io/merge-metrics: "false"
        traffic.kuma.io/exclude-inbound-ports: "8080"
        prometheus.io/port: "8080"
    spec: {containers: [{name: loyalty}]}
`,
  },
  run: (facts) => {
    const excluded = new Set(
      facts.pods.filter((pod) => {
        const ports = annotationOf(pod, 'traffic.kuma.io/exclude-inbound-ports')?.value.split(',') ?? [];
        return ports.includes(annotationOf(pod, 'prometheus.io/port')?.value ?? '80');
      }),
    );
    const merges = flag(child(facts.config.mesh.config, 'enablePrometheusMerge'))?.value !== false;
    const rest = { ...facts, pods: facts.pods.filter((pod) => !excluded.has(pod)) };
    const evidence = annotated(rest, ['prometheus.io/scrape'], (value) => value === 'true');
    return {
      examined: [workloads(facts)],
      // Without merging nothing of Istio's goes away; mutual TLS stands before the port in both meshes.
      evidence: merges ? evidence : [],
    };
  },
};
