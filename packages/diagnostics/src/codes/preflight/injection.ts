import { defineCodes } from '../../code.ts';

const webhooks =
  'Both injectors are MutatingWebhooks that go by labels and know nothing of each other (istio/pkg/kube/inject/webhook.go, 1.32; kuma/pkg/plugins/runtime/k8s/webhooks/injector, 2.14).';

const pairs =
  "Both sidecars redirect the pod's traffic to ports 15001 and 15006: the second cannot bind, and the pod does not start or sends its traffic in circles.";

const selector =
  "The pods' webhook asks for a namespace with the label `kuma.io/sidecar-injection`, whatever its value, and for the value `enabled` on a pod (kuma 2.11 and later, deployments/charts/kuma/templates/cp-webhooks-and-secrets.yaml).";

/** Pre-flight: who injects a sidecar into what. */
export const injection = defineCodes({
  twiceByNamespace: {
    code: 'ISTHMUS-PF-001',
    severity: 'blocker',
    title: 'Namespace asks both meshes for sidecars',
    message: `{found} ${pairs}`,
    help: 'Leave one of the labels, then restart the pods. The patch leaves the namespace to Istio: pods that move say so themselves.',
    explanation: webhooks,
  },
  twiceByPod: {
    code: 'ISTHMUS-PF-002',
    severity: 'blocker',
    title: 'Pod asks both meshes for sidecars',
    message: `{found} ${pairs}`,
    help: 'Label the pods `sidecar.istio.io/inject: "false"` as they move, and remove `istio.io/rev`.',
    explanation: `${webhooks} A label of the pod goes before that of its namespace in Istio.`,
  },
  twoSidecars: {
    code: 'ISTHMUS-PF-003',
    severity: 'blocker',
    title: 'Pod runs with two sidecars',
    message: `{found} ${pairs}`,
    help: 'Mend the labels of the namespace and of the pod template, then restart the pods.',
    explanation: webhooks,
  },
  leftOutOfNamespace: {
    code: 'ISTHMUS-PF-021',
    severity: 'blocker',
    title: 'Service of a labelled namespace has no pods in Kong Mesh',
    message:
      '{found} Kong Mesh makes a MeshService for every Service of a labelled namespace, with pods of its own sidecars as the only endpoints: its clients get 503 from this one.',
    help: 'Label the namespace `kuma.io/sidecar-injection: disabled`, the pods that move `enabled`, and their Services `kuma.io/mesh`; or move the whole namespace at once.',
    explanation:
      'MeshServices are made per namespace, whether or not pods are injected (kuma/pkg/plugins/runtime/k8s/controllers/meshservice_controller.go; verified by running kuma 2.14 and 3.0).',
  },
  notEnabled: {
    code: 'ISTHMUS-PF-022',
    severity: 'warning',
    title: 'Value of the injection label is not heeded on pods',
    message: '{found} The pods start without a sidecar, outside of the mesh, and in plaintext.',
    help: 'Write `kuma.io/sidecar-injection: enabled`.',
    explanation: selector,
  },
  namespaceUnlabelled: {
    code: 'ISTHMUS-PF-023',
    severity: 'blocker',
    title: 'Pods ask for injection in a namespace without the label',
    message:
      '{found} The pods start without a sidecar, and policies of Kong Mesh in this namespace are not checked and act on the whole mesh.',
    help: 'Label the namespace `kuma.io/sidecar-injection: disabled`; the labels of its pods then decide.',
    explanation: selector,
  },
  asAnnotation: {
    code: 'ISTHMUS-PF-024',
    severity: 'warning',
    title: 'Injection is asked for in an annotation',
    message: '{found} Kong Mesh reads a label of this name; the annotation does nothing.',
    help: 'Move it to the labels.',
    explanation:
      'As an annotation the key has no effect (kuma 2.14 and 3.0, verified by running); the webhook selects by labels.',
  },
  podSecurity: {
    code: 'ISTHMUS-PF-070',
    severity: 'blocker',
    title: 'Pod security forbids the init container',
    message:
      "{found} Without Kong Mesh's CNI plug-in the init container `kuma-init` asks for NET_ADMIN, NET_RAW and root, and the API server refuses the pods.",
    help: 'Install Kong Mesh with `cni.enabled=true`, as is needed for Istio here too, or raise the level of the namespace.',
    explanation:
      "The levels `baseline` and `restricted` allow neither capability (kubernetes.io, Pod Security Standards); `kuma-init` sets the pod's iptables (kuma/pkg/plugins/runtime/k8s/webhooks/injector, 2.14).",
  },
  cniConflict: {
    code: 'ISTHMUS-PF-071',
    severity: 'warning',
    title: "Istio's CNI plug-in is installed",
    message:
      "{found} Both meshes' plug-ins edit the same configuration of the nodes; where the second is not chained, pods get no network or no redirection.",
    help: "If Kong Mesh's plug-in is installed too, set `cni.chained=true` with the directories of this cluster, and try it on one node pool first.",
    explanation:
      "Kong Mesh's plug-in writes into `cni.netDir`, by default the folder of Multus, unless it is chained (kuma/deployments/charts/kuma/values.yaml, 2.14).",
  },
  multus: {
    code: 'ISTHMUS-PF-072',
    severity: 'warning',
    title: "Pods name Istio's network attachment",
    message:
      "{found} With Kong Mesh's CNI plug-in the injector replaces the annotation by its own, and other networks of the list are lost.",
    help: 'Remove `istio-cni` from the annotation as the pods move.',
    explanation:
      'In CNI mode the injector sets `k8s.v1.cni.cncf.io/networks` to `kuma-cni` (kuma/pkg/plugins/runtime/k8s/webhooks/injector, 2.14).',
  },
  webhookReach: {
    code: 'ISTHMUS-PF-075',
    severity: 'warning',
    title: 'API server reaches the injector',
    message: '{found} Where a firewall stands between, no pod is injected, or none is admitted.',
    help: 'Open port 5443 from the API server to the nodes of the control plane: `kubectl -n kong-mesh-system get endpoints kong-mesh-control-plane`.',
    explanation:
      'The admission webhooks of the control plane listen on 5443 (kuma, 2.14). Private GKE clusters close it.',
  },
  failurePolicy: {
    code: 'ISTHMUS-PF-076',
    severity: 'info',
    title: 'What becomes of pods while the injector is away',
    message: '{found} With `Ignore` pods start without a sidecar, in plaintext, and nobody is told.',
    help: 'Look at `controlPlane.injectorFailurePolicy` of the installation; raise an alarm on pods without `kuma.io/sidecar-injected`.',
    explanation: 'The value stands in the chart (kuma/deployments/charts/kuma/values.yaml, 2.14).',
  },
  revisions: {
    code: 'ISTHMUS-PF-088',
    severity: 'info',
    title: 'Several revisions of Istio inject',
    message:
      '{found} Each revision has a webhook of its own, and the labels of each have to go as its namespaces move.',
    help: 'Take the list of revisions into the runbook; finish an upgrade of Istio before the move begins.',
    explanation: 'Revisions select namespaces by `istio.io/rev` (istio/pkg/kube/inject/webhook.go, 1.32).',
  },
  twoMeshes: {
    code: 'ISTHMUS-PF-096',
    severity: 'warning',
    title: 'Pods of one namespace in several meshes',
    message: '{found} Names of Workloads collide, and older releases take one mesh for the whole namespace.',
    help: 'Give each mesh a namespace of its own.',
    explanation:
      'The mesh is the label `kuma.io/mesh` of the pod, else of its namespace (kuma/docs/madr/decisions/093 and 099).',
  },
});
