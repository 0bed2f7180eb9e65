import { defineCodes } from '../../code.ts';

/** Pre-flight: NetworkPolicies. */
export const network = defineCodes({
  egress: {
    code: 'ISTHMUS-PF-073',
    severity: 'blocker',
    title: 'Network policy closes the way to the control plane',
    message: '{found} The sidecar gets no configuration, the pod does not become ready.',
    help: "Allow egress to TCP 5678 in the namespace of Kong Mesh's control plane, and DNS.",
    explanation: 'kuma-dp connects to the control plane on 5678 (kuma/pkg/config/dp-server, 2.14).',
  },
  ingress: {
    code: 'ISTHMUS-PF-074',
    severity: 'warning',
    title: 'Network policy names who may connect',
    message:
      '{found} Kubelets probe on 9001, Prometheus scrapes on 5670, and during the bridge requests arrive from Kong Gateway or a zone proxy instead of the pods named here.',
    help: 'Allow 9001 for probes and 5670 for metrics, and the gateway as a source, before the pods move.',
    explanation:
      'Probes are rewritten to 9001, MeshMetric serves on 5670 (kuma, 2.14). Most network plug-ins let kubelets through in any case.',
  },
});
