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
  injection: {
    code: 'ISTHMUS-LAB-004',
    severity: 'warning',
    title: 'Namespace changes its injector',
    message:
      "Istio injects its proxy into the pods of namespace {namespace}. The patch takes {labels} away and labels it kuma.io/sidecar-injection: enabled: as its pods restart they get Kong Mesh's proxy instead, and Kong Mesh takes all of its Services for its own at once.",
    help: 'Apply the patch when all workloads of the namespace are ready to restart. To move them one by one, label the namespace kuma.io/sidecar-injection: disabled, its pods enabled, and the Services that have moved kuma.io/mesh.',
    explanation:
      'With the labels of both, both webhooks inject, and the pods do not start (security.md, KM-001). A labelled namespace makes a MeshService of each of its Services, with the pods of Kong Mesh as its only endpoints (KM-021; verified by running 2.14 and 3.0).',
  },
  keyMissing: {
    code: 'ISTHMUS-LAB-005',
    severity: 'info',
    title: 'Namespace gets the label without which pods are not seen',
    message:
      'In namespace {namespace} workloads ask for a sidecar by themselves ({count}). The patch labels it kuma.io/sidecar-injection: disabled, without which the webhook of Kong Mesh sees none of its pods, whatever these say.',
    help: 'Apply the patch before the pods restart.',
    explanation:
      'The webhooks of Kong Mesh select namespaces that have the key, from 2.11 on; pods with the label `enabled` are injected in a disabled one (kuma, injector webhook, 2.14; verified by running 2.14 and 3.0).',
  },
  inboundPorts: {
    code: 'ISTHMUS-LAB-006',
    severity: 'warning',
    title: 'Ports that are not named are excluded one by one',
    message:
      'Istio intercepts the ports {ports} only. Kong Mesh intercepts all but those that are excluded: {excluded}, which containers declare. Other ports go through its proxy now.',
    help: 'Add ports on which the workload listens without declaring them.',
    explanation:
      'Kong Mesh has no counterpart of traffic.sidecar.istio.io/includeInboundPorts (kuma/pkg/plugins/runtime/k8s/metadata, 2.14). What is excluded meets neither mTLS nor permissions, as in Istio.',
  },
  proxyResources: {
    code: 'ISTHMUS-LAB-007',
    severity: 'info',
    title: 'Resources of the proxy become a ContainerPatch',
    message:
      "What the proxy may use becomes the ContainerPatch {name}, which the pods name. It is for Kong Mesh's sidecar.",
    help: 'Check the numbers: the proxies of the meshes need different amounts of memory.',
    explanation:
      'Pods name ContainerPatches in kuma.io/container-patches; one that does not exist keeps them from being created, so that it is applied before them (kuma, injector, 2.14).',
  },
  nothingToExclude: {
    code: 'ISTHMUS-LAB-008',
    severity: 'info',
    title: 'Ports are excluded from what is not taken',
    message: 'Istio reads {key} only where the proxy takes all ports, and this workload names those that it takes.',
    help: 'Nothing is to be done; remove the annotation.',
    explanation:
      'With traffic.sidecar.istio.io/includeInboundPorts other than `*` the exclusions are skipped (istio/tools/istio-iptables/pkg/capture/run.go, 1.32).',
  },
  wrongItems: {
    code: 'ISTHMUS-LAB-009',
    severity: 'warning',
    title: 'List holds what cannot be excluded',
    message: '{key} lists {items}, which Istio takes for no port or range of addresses. The rest is carried over.',
    help: 'Mend the list: Kong Mesh refuses pods for such items.',
    explanation:
      'Istio injects no sidecar into a pod with a list that it cannot read (istio/pkg/kube/inject/validate.go, 1.32); a range of ports is written out, since 3.0 refuses it (verified by running).',
  },
  outranked: {
    code: 'ISTHMUS-LAB-010',
    severity: 'info',
    title: 'Annotation beside the label of that name',
    message: 'The pods have {key} as a label and, with another value, as an annotation. Istio reads the label.',
    help: 'Nothing is to be done; remove the annotation.',
    explanation: 'The annotation is the older form of the label (istio/pkg/kube/inject/inject.go, 1.32).',
  },
});
