import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from '../take-in.ts';
import { servedPorts, workloadsOf } from './workloads.ts';

const estate = takeIn([
  readManifest(
    'a.yaml',
    new TextEncoder().encode(`apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: sales}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: site
      containers: [{name: app, ports: [{name: http, containerPort: 8080}, {containerPort: 9090}]}, {name: other}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {metadata: {labels: {job: nightly}}, spec: {containers: []}}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: sales, labels: {app: web, pod-template-hash: abc}}
spec: {containers: [{name: app}]}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: crew, namespace: operations}
spec: {metadata: {labels: {app: crew}}, template: {serviceAccount: crew}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: sales}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}, {port: 9090}, {port: 70, targetPort: gone}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: sales}
spec: {ports: [{port: 5432}]}
`),
  ),
]);
const workloads = workloadsOf(estate);

test('pods, templates and workloads outside Kubernetes are workloads', () => {
  expect(
    workloads.map(({ namespace, name, labels, serviceAccount, inCluster }) => [
      namespace,
      name,
      labels,
      serviceAccount,
      inCluster,
    ]),
  ).toEqual([
    ['sales', 'web', { app: 'web' }, 'site', true],
    ['default', 'nightly', { job: 'nightly' }, 'default', true],
    // What controllers add to labels is nothing that a policy means.
    ['sales', 'web-1', { app: 'web' }, 'default', true],
    ['operations', 'crew', { app: 'crew' }, 'crew', false],
  ]);
});

test('served ports are those that a Service with a selector sends to', () => {
  const services = estate.context.filter(({ kind }) => kind === 'Service');
  expect(workloads.map((workload) => servedPorts(workload, services))).toEqual([[8080, 9090], [], [9090], []]);
});
