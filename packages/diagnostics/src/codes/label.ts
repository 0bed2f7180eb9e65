import { defineCodes } from '../code.ts';

/** Findings about Istio's labels and annotations, on its own objects and on others. */
export const label = defineCodes({
  elsewhere: {
    code: 'ISTHMUS-LAB-001',
    severity: 'warning',
    title: 'Label or annotation has no counterpart here',
    message: 'Kong Mesh does not read {key}, and what it asks for is not carried over.',
    help: '{advice} Do so where the workload relies on it.',
    explanation:
      "Istio's labels and annotations (istio/api, annotation and label) and those of Kong Mesh (kuma/pkg/plugins/runtime/k8s/metadata, 2.14) differ; where one has the same meaning it is carried over to the pods.",
  },
  idle: {
    code: 'ISTHMUS-LAB-002',
    severity: 'info',
    title: 'Label or annotation without effect on traffic',
    message: '{key} is written by a controller or a tool for itself; no proxy behaves differently for it.',
    help: 'Nothing is to be done.',
    explanation: 'Such marks are written by injectors, operators and the analyzer.',
  },
  proxyConfig: {
    code: 'ISTHMUS-LAB-003',
    severity: 'warning',
    title: 'Part of a proxy configuration is lost',
    message:
      'Of this proxy configuration {fields} have no counterpart in an annotation of Kong Mesh; the rest is carried over.',
    help: 'Use MeshTrace, MeshMetric, a ContainerPatch or `kuma.io/sidecar-env-vars` for them.',
    explanation:
      'Pods of Kong Mesh say concurrency, drain time and waiting for the sidecar in annotations (kuma/pkg/plugins/runtime/k8s/metadata, 2.14).',
  },
});
