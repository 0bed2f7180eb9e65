import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';

const keys = [
  'inject.istio.io/templates',
  'inject.istio.io/initTemplates',
  'sidecar.istio.io/bootstrapOverride',
  'proxy.istio.io/overrides',
];

export const customTemplate: Check = {
  id: 'custom-template',
  holds: 'Sidecars are made from the ordinary template',
  area: 'pods',
  code: codes.preflight.customTemplate,
  examines: 'the annotations of pod templates that choose or change the template of the sidecar',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        inject.istio.io/templates: sidecar,spire
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        inject.istio.io/templates: sidecar
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: annotated(facts, keys, (value) => value !== 'sidecar' && !/\bgrpc-(?:agent|simple)\b/.test(value)),
  }),
};
