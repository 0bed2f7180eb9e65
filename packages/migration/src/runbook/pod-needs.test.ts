import { type JsonObject, parseYaml } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { podNeeds } from './pod-needs.ts';

const needs = (text: string): string[] => podNeeds(parseYaml(text)[0]?.value as JsonObject);

test('pods need what their volumes, variables and images name, unless they can do without', () => {
  expect(
    needs(`
kind: Deployment
spec:
  template:
    spec:
      imagePullSecrets: [{name: registry}]
      volumes:
        - {name: a, configMap: {name: fares}}
        - {name: b, secret: {secretName: tickets}}
        - {name: c, persistentVolumeClaim: {claimName: seats}}
        - {name: d, projected: {sources: [{configMap: {name: routes}}, {secret: {name: keys}}, {serviceAccountToken: {path: t}}]}}
        - {name: e, configMap: {name: maybe, optional: true}}
        - {name: f, emptyDir: {}}
      initContainers: [{name: i, envFrom: [{secretRef: {name: boot}}]}]
      containers:
        - name: app
          env:
            - {name: A, valueFrom: {configMapKeyRef: {name: fares, key: a}}}
            - {name: B, valueFrom: {secretKeyRef: {name: perhaps, key: b, optional: true}}}
            - {name: C, value: plain}
`),
  ).toEqual([
    'configmap/fares',
    'configmap/routes',
    'persistentvolumeclaim/seats',
    'secret/boot',
    'secret/keys',
    'secret/registry',
    'secret/tickets',
  ]);
});

test('the pods of a CronJob, and a pod by itself, are asked too; one that says nothing needs nothing', () => {
  const containers = '[{name: a, envFrom: [{configMapRef: {name: c}}]}]';
  expect(
    needs(`{kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {containers: ${containers}}}}}}}`),
  ).toEqual(['configmap/c']);
  expect(needs(`{kind: Pod, spec: {containers: ${containers}}}`)).toEqual(['configmap/c']);
  expect(needs('{kind: Deployment, spec: 7}')).toEqual([]);
});
