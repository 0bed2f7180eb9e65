/** What a key asks for, where Kong Mesh has it in another form: what to do. */
const elsewhere: Readonly<Record<string, string>> = {
  'alpha.istio.io/canonical-serviceaccounts': 'Servers of Kong Mesh are known by the accounts of their pods only.',
  'alpha.istio.io/kubernetes-serviceaccounts': 'Servers of Kong Mesh are known by the accounts of their pods only.',
  'inject.istio.io/templates': 'Write a ContainerPatch.',
  'istio.io/rev': 'One control plane serves a zone of Kong Mesh; there are no revisions.',
  'istio.io/tag': 'One control plane serves a zone of Kong Mesh; there are no revisions.',
  'networking.istio.io/enable-autoallocate-ip': 'Kong Mesh gives every MeshExternalService an address.',
  'networking.istio.io/exportTo': 'Restrict with reachable backends or MeshTrafficPermissions.',
  'networking.istio.io/gatewayPort': 'Write the port into a MeshZoneAddress (3.0).',
  'networking.istio.io/service-type': 'Set the type of the Service in the values of Kong Gateway.',
  'networking.istio.io/traffic-distribution': 'Write a MeshLoadBalancingStrategy.',
  'prometheus.istio.io/merge-metrics': 'List the application in a MeshMetric.',
  'proxy.istio.io/overrides': 'Write a ContainerPatch.',
  'security.istio.io/tlsMode': 'In Kong Mesh the Dataplane says whether a workload speaks mutual TLS.',
  'service.istio.io/canonical-name': 'Label the workload `kuma.io/workload`.',
  'proxy.istio.io/config':
    'Annotate the pods: `kuma.io/sidecar-proxy-concurrency`, `kuma.io/sidecar-drain-time`, `kuma.io/wait-for-dataplane-ready`, `kuma.io/sidecar-env-vars`.',
  'service.istio.io/canonical-revision': 'Kong Mesh takes the labels of the pod.',
  'sidecar.istio.io/agentLogLevel': 'Kong Mesh has no such setting for one workload.',
  'sidecar.istio.io/bootstrapOverride': 'Write a ContainerPatch or MeshProxyPatch.',
  'sidecar.istio.io/discoveryAddress': 'The injector knows the control plane.',
  'sidecar.istio.io/interceptionMode': 'Kong Mesh redirects only; TPROXY has no counterpart.',
  'sidecar.istio.io/nativeSidecar': 'Kong Mesh uses native sidecars wherever Kubernetes has them.',
  'sidecar.istio.io/proxyCPU': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/proxyCPULimit': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/proxyImage': "The image comes from Kong Mesh's chart.",
  'sidecar.istio.io/proxyImageType': "The image comes from Kong Mesh's chart.",
  'sidecar.istio.io/proxyMemory': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/proxyMemoryLimit': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  // 0 does not switch the rewriting off up to 2.14; in 3.0 it does, with the port of the probe left open (verified by running).
  'sidecar.istio.io/rewriteAppHTTPProbers':
    'Kong Mesh answers probes on a port of its own, and probes need no change. Do not set `kuma.io/application-probe-proxy-port: "0"`: 3.0 then takes the port of the probe out of mTLS and permissions.',
  'sidecar.istio.io/userVolume': 'Write a ContainerPatch; the volume must stand in the pod.',
  'sidecar.istio.io/userVolumeMount': 'Write a ContainerPatch; the volume must stand in the pod.',
  'service.istio.io/workload-name': 'Label the workload `kuma.io/workload`.',
  'status.sidecar.istio.io/port': 'Kong Mesh has one readiness port for all sidecars.',
  'topology.istio.io/cluster': 'A zone of Kong Mesh labels its Dataplanes `kuma.io/zone` itself.',
  'topology.istio.io/network': 'Zones of Kong Mesh reach each other by their zone proxies, whatever the network.',
  'topology.istio.io/subzone': 'Kong Mesh takes the topology labels of nodes.',
  'traffic.istio.io/nodeSelector': 'Kong Mesh has no such setting.',
  'traffic.sidecar.istio.io/excludeInterfaces': 'Kong Mesh has no such setting.',
  'traffic.sidecar.istio.io/includeOutboundIPRanges':
    'All else goes through the proxy of Kong Mesh: exclude it with `traffic.kuma.io/exclude-outbound-ips`, or see that a MeshPassthrough lets it out.',
  'traffic.sidecar.istio.io/includeOutboundPorts':
    'All else goes through the proxy of Kong Mesh: exclude it with `traffic.kuma.io/exclude-outbound-ports`, or see that a MeshPassthrough lets it out.',
  'traffic.sidecar.istio.io/kubevirtInterfaces':
    "Set `redirect.vnet` in the configuration of Kong Mesh's transparent proxy.",
  'istio.io/reroute-virtual-interfaces': "Set `redirect.vnet` in the configuration of Kong Mesh's transparent proxy.",
};

/** The same for families of keys. */
const families: readonly (readonly [prefix: string, advice: string])[] = [
  ['gateway.istio.io/', 'Configure Kong Gateway in its GatewayConfiguration or the values of its chart.'],
  ['readiness.status.sidecar.istio.io/', 'Kong Mesh has one readiness port for all sidecars.'],
  ['sidecar.istio.io/extraStat', 'Write a MeshMetric.'],
  ['sidecar.istio.io/stats', 'Write a MeshMetric.'],
];

/** What to do about a label or annotation of Istio's that no translator carries over. */
export const adviceFor = (key: string): string =>
  elsewhere[key] ?? families.find(([prefix]) => key.startsWith(prefix))?.[1] ?? 'Check what reads it.';
