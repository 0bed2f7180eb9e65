import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { serviceGraph } from './graph.ts';
import { workloadCalls } from './workload-calls.ts';

// The policy names web's account, which says nothing of a caller without an identity.
const manifest = `
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: sales}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-1, namespace: sales}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec: {rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/default]}}]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: batch}
spec:
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app: nightly}}
        spec: {containers: [{name: app, env: [{name: SEATS, value: "http://seats.sales.svc.cluster.local"}, {name: MAIL, value: mail.example}]}]}
`;
const options = { clusterDomain: 'cluster.local', rootNamespace: 'istio-system' };

test('jobs that no Service sends to call what they name, others what is seen of their Services', () => {
  const estate = takeIn([readManifest('estate.yaml', Buffer.from(manifest))]);
  const observed = [
    {
      workload: 'web-1',
      workloadNamespace: 'sales',
      service: 'seats',
      serviceNamespace: 'sales',
      detail: '12 requests',
    },
  ];
  expect(workloadCalls(estate, serviceGraph(estate, options), options)).toEqual([
    { from: 'batch/nightly', to: 'sales/seats', detail: 'SEATS names seats.sales.svc.cluster.local' },
  ]);
  const graph = serviceGraph(estate, { ...options, observed });
  expect(workloadCalls(estate, graph, options).map(({ from, to }) => `${from} ${to}`)).toEqual([
    'batch/nightly sales/seats',
    'sales/web-1 sales/seats',
  ]);
});
