import { defineCodes } from '../../code.ts';

const injector = 'kuma/pkg/plugins/runtime/k8s/webhooks/injector/injector.go, 2.14';

/** Pre-flight: what in a pod template relies on Istio's sidecar or gets in the way of Kong Mesh's. */
export const pods = defineCodes({
  hostNetwork: {
    code: 'ISTHMUS-PF-007',
    severity: 'blocker',
    title: 'Pods on the network of their node',
    message:
      "{found} Istio's injector leaves such pods alone; Kong Mesh's does not, and its init container rewrites the iptables of the node: all that the node sends goes through this sidecar.",
    help: 'Label the pods `kuma.io/sidecar-injection: disabled`.',
    explanation: `Istio skips pods with hostNetwork (istio/pkg/kube/inject/inject.go, 1.32); Kong Mesh has no such exception (${injector}).`,
  },
  uidOfSidecar: {
    code: 'ISTHMUS-PF-025',
    severity: 'blocker',
    title: "Container runs as the sidecar's user",
    message:
      '{found} The traffic of user 5678 is that of the sidecar and is not redirected, so that the injector refuses the pod.',
    help: 'Run the container as another user, or set `kuma.io/sidecar-uid` on the pods.',
    explanation: `The sidecar runs as user 5678 unless the annotation says otherwise (${injector}).`,
  },
  uidOfIstio: {
    code: 'ISTHMUS-PF-026',
    severity: 'warning',
    title: "Container runs as Istio's user to get around the sidecar",
    message:
      '{found} Kong Mesh redirects the traffic of user 1337 like any other: what bypassed the mesh goes through it.',
    help: 'Set `traffic.kuma.io/exclude-outbound-ports-for-uids` if the bypass is meant.',
    explanation:
      'Istio exempts its own user 1337 from redirection (istio/tools/istio-iptables, 1.32); Kong Mesh exempts 5678.',
  },
  initEgress: {
    code: 'ISTHMUS-PF-027',
    severity: 'warning',
    title: 'Init container calls other services',
    message:
      '{found} Where the sidecar is an ordinary container, init containers run before it: with redirection on their calls fail, without it they bypass the mesh.',
    help: 'Run Kubernetes 1.29 or later with native sidecars, or set `kuma.io/init-first` and exclude the ports.',
    explanation:
      'Native sidecars start before init containers: the default of Kong Mesh 2.14 and always so in 3.0, on Kubernetes 1.29 and later (verified by running kuma 2.14 and 3.0).',
  },
  waitsForIstio: {
    code: 'ISTHMUS-PF-028',
    severity: 'blocker',
    title: "Container waits for Istio's sidecar",
    message:
      "{found} Nothing listens on Istio's ports in a pod of Kong Mesh: a script that waits for them waits for ever, and the container does not start.",
    help: 'Remove the wait: native sidecars are ready first. Otherwise set `kuma.io/wait-for-dataplane-ready: "true"`; readiness of the sidecar is on 9902.',
    explanation:
      'istio-proxy answers on 15000, 15020 and 15021 (istio/pkg/istio-agent, 1.32); kuma-dp has its readiness on 9902 (kuma, 2.14).',
  },
  endsIstio: {
    code: 'ISTHMUS-PF-029',
    severity: 'warning',
    title: "Container tells Istio's sidecar to quit",
    message:
      '{found} The address does not exist in Kong Mesh: the call fails, and a job whose pods end with it does not end.',
    help: 'Remove the call: a native sidecar ends with the job.',
    explanation:
      '`quitquitquit` is an address of pilot-agent and of Envoy behind it (istio/pilot/cmd/pilot-agent/status/server.go, 1.32).',
  },
  jobs: {
    code: 'ISTHMUS-PF-030',
    severity: 'warning',
    title: 'Sidecar keeps jobs running',
    message: '{found} A sidecar that is an ordinary container runs on when the work is done: the job never completes.',
    help: 'Run Kubernetes 1.29 or later with native sidecars, or label the pods `kuma.io/sidecar-injection: disabled`.',
    explanation:
      'Native sidecars are the default of Kong Mesh 2.14 and always so in 3.0, on Kubernetes 1.29 and later (verified by running kuma 2.14 and 3.0).',
  },
  probesNotRewritten: {
    code: 'ISTHMUS-PF-031',
    severity: 'warning',
    title: 'Probes are not to be rewritten',
    message:
      '{found} Kong Mesh rewrites probes of every pod to port 9001. Switched off, Kong Mesh 3.0 leaves the port of the probe out of the mesh: what calls it bypasses mutual TLS and permissions.',
    help: 'Let the probes be rewritten. Where that cannot be, set `kuma.io/application-probe-proxy-port: "0"` and give the probes a port of their own.',
    explanation:
      '`0` means virtual probes up to 2.14 and an excluded port in 3.0 (verified by running kuma 2.13, 2.14 and 3.0).',
  },
  execProbe: {
    code: 'ISTHMUS-PF-032',
    severity: 'warning',
    title: "Probe asks Istio's sidecar",
    message:
      "{found} Nothing listens on Istio's ports in a pod of Kong Mesh: the probe fails and the pod is restarted or never ready.",
    help: 'Probe the application itself.',
    explanation: 'istio-proxy answers on 15000, 15020 and 15021 (istio/pkg/istio-agent, 1.32).',
  },
  portClash: {
    code: 'ISTHMUS-PF-033',
    severity: 'blocker',
    title: 'Container listens on a port of the sidecar',
    message: '{found} Whichever starts second cannot bind: the container or the sidecar does not start.',
    help: 'Move the application to another port; for 9001 set `kuma.io/application-probe-proxy-port` instead.',
    explanation:
      'kuma-dp listens on 9001 for probes and 9902 for its readiness, on 15001, 15006 and 15053 for redirected traffic and DNS, and up to 2.13 on 9901 for administration (kuma/pkg/config/app/kuma-dp, 2.14).',
  },
  istioPorts: {
    code: 'ISTHMUS-PF-034',
    severity: 'info',
    title: "Container declares a port of Istio's sidecar",
    message: '{found} The port belongs to Istio and is a leftover once the pod has moved.',
    help: 'Remove it from the template.',
    explanation: 'Ports of istio-proxy (istio.io, Application Requirements, 1.32).',
  },
  included: {
    code: 'ISTHMUS-PF-035',
    severity: 'warning',
    title: 'Only some traffic goes through the sidecar',
    message: '{found} Kong Mesh has exclusions only: without one, all traffic of the pods goes through the sidecar.',
    help: 'Exclude what is not in the list: `traffic.kuma.io/exclude-outbound-ips`, `exclude-outbound-ports` or `exclude-inbound-ports`.',
    explanation: 'There is no annotation that includes (kuma/pkg/plugins/runtime/k8s/metadata/annotations.go, 2.14).',
  },
  interception: {
    code: 'ISTHMUS-PF-036',
    severity: 'blocker',
    title: 'Traffic is intercepted in another way',
    message:
      '{found} Kong Mesh always redirects: addresses of clients that TPROXY keeps are lost, and pods with NONE, whose traffic no sidecar touches, are intercepted.',
    help: 'Exclude all ports of pods with NONE; let applications that need addresses read them from headers.',
    explanation: 'kuma-init knows REDIRECT only (kuma/pkg/transparentproxy, 2.14).',
  },
  scraped: {
    code: 'ISTHMUS-PF-037',
    severity: 'warning',
    title: 'Prometheus scrapes through the sidecar of Istio',
    message:
      '{found} Istio answers scrapes for the application on 15020, outside of mutual TLS. In Kong Mesh that port is gone, and with mutual TLS enforced a scraper outside of the mesh does not reach the application either.',
    help: 'Name the application in a MeshMetric, which serves its metrics with those of the sidecar on 5670; or exclude the port with `traffic.kuma.io/exclude-inbound-ports`.',
    explanation:
      'Istio rewrites `prometheus.io` annotations at injection while `enablePrometheusMerge` is on, the default (istio/pkg/kube/inject/inject.go, 1.32); MeshMetric has `applications` (kuma 2.14).',
  },
  certificates: {
    code: 'ISTHMUS-PF-082',
    severity: 'blocker',
    title: "Application reads Istio's certificates",
    message:
      "{found} Kong Mesh writes no certificates to the application's volumes: the files are gone after the move.",
    help: "Give the application certificates of cert-manager's or of SPIRE's CSI driver.",
    explanation:
      '`OUTPUT_CERTS` makes istio-proxy write its certificates to a folder (istio/pkg/istio-agent, 1.32); kuma-dp keeps them in memory.',
  },
  forwardedCertificate: {
    code: 'ISTHMUS-PF-083',
    severity: 'warning',
    title: 'Application reads the certificate of its caller',
    message:
      '{found} Kong Mesh sets the header on HTTP ports too, but the identity in it has another trust domain, and behind a gateway it is that of the gateway.',
    help: 'Let the application accept both identities, or keep the trust domain of Istio for Kong Mesh.',
    explanation:
      'Inbound listeners sanitise and set `x-forwarded-client-cert` (kuma/pkg/xds/generator/inbound_proxy_generator.go, 2.14).',
  },
  customTemplate: {
    code: 'ISTHMUS-PF-089',
    severity: 'warning',
    title: 'Sidecar is made from a template of its own',
    message: '{found} What it changes in the sidecar or adds to the pod is not there after the move.',
    help: 'Write a ContainerPatch with the same changes and name it in `kuma.io/container-patches`.',
    explanation: 'Templates and overrides are those of Istio’s injector (istio/pkg/kube/inject/webhook.go, 1.32).',
  },
  proxyless: {
    code: 'ISTHMUS-PF-090',
    severity: 'blocker',
    title: 'gRPC without a proxy',
    message:
      '{found} Kong Mesh has no counterpart: its control plane does not serve gRPC clients, and `xds:///` names do not resolve.',
    help: 'Move the workload to an ordinary address and a sidecar.',
    explanation:
      'Istio serves proxyless gRPC through its agent (istio/manifests, grpc-agent template, 1.32); Kong Mesh serves Envoy only.',
  },
  resources: {
    code: 'ISTHMUS-PF-091',
    severity: 'info',
    title: 'Resources of the sidecar are set',
    message:
      '{found} The sidecar of Kong Mesh has the resources of its installation unless a ContainerPatch says otherwise.',
    help: 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
    explanation: 'There is no annotation for resources (kuma/pkg/plugins/runtime/k8s/metadata/annotations.go, 2.14).',
  },
  autoscaling: {
    code: 'ISTHMUS-PF-092',
    severity: 'warning',
    title: 'Autoscaling goes by the pod as a whole',
    message: '{found} The share of the sidecar in the CPU of the pod changes, and with it what the autoscaler does.',
    help: 'Use metrics of type ContainerResource for the application: `kubectl get hpa -A`.',
    explanation: 'A Resource metric averages over all containers of a pod (kubernetes.io, Horizontal Pod Autoscaling).',
  },
  noToken: {
    code: 'ISTHMUS-PF-097',
    severity: 'blocker',
    title: 'Pod mounts no token of its service account',
    message:
      '{found} Istio projects a token of its own; Kong Mesh uses the one of the application: without it the control plane refuses the sidecar, and the pod is not ready.',
    help: 'Set `kuma.io/service-account-token-volume` to a projected volume of the pod, or mount the token.',
    explanation: `The injector copies the token mount of a container (${injector}); data plane proxies prove who they are with it.`,
  },
  virtualInterfaces: {
    code: 'ISTHMUS-PF-100',
    severity: 'blocker',
    title: 'Traffic of virtual machines is intercepted',
    message:
      '{found} Kong Mesh redirects interfaces of container networks only: traffic of the machine in the pod bypasses the mesh.',
    help: 'Leave these pods on Istio, or outside of the mesh, until their traffic has another way.',
    explanation: '`redirect.vnet` is for networks like those of Docker (kuma/pkg/transparentproxy, 2.14).',
  },
});
