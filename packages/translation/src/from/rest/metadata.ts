import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { parsePath, parseYaml, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, entries, type Field, rootField, text } from '../../field.ts';
import { contextLeavesOf, isIstioKey } from '../../leaves.ts';
import type { WorkloadPatches } from './workloads.ts';

/** Annotations of pods whose counterpart takes the same value (security.md 7). */
const same: Readonly<Record<string, string>> = {
  'traffic.sidecar.istio.io/excludeInboundPorts': 'traffic.kuma.io/exclude-inbound-ports',
  'traffic.sidecar.istio.io/excludeOutboundPorts': 'traffic.kuma.io/exclude-outbound-ports',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': 'traffic.kuma.io/exclude-outbound-ips',
  'sidecar.istio.io/logLevel': 'kuma.io/envoy-log-level',
  'sidecar.istio.io/componentLogLevel': 'kuma.io/envoy-component-log-level',
};

/** What a key asks for, where Kong Mesh has it in another form: what to do. */
const elsewhere: Readonly<Record<string, string>> = {
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
  'readiness.status.sidecar.istio.io/applicationPorts': 'Kong Mesh has one readiness port for all sidecars.',
  'security.istio.io/tlsMode': 'In Kong Mesh the Dataplane says whether a workload speaks mutual TLS.',
  'service.istio.io/canonical-name': 'Label the workload `kuma.io/workload`.',
  'service.istio.io/canonical-revision': 'Kong Mesh takes the labels of the pod.',
  'sidecar.istio.io/agentLogLevel': 'Kong Mesh has no such setting for one workload.',
  'sidecar.istio.io/bootstrapOverride': 'Write a ContainerPatch or MeshProxyPatch.',
  'sidecar.istio.io/discoveryAddress': 'The injector knows the control plane.',
  'sidecar.istio.io/extraStatTags': 'Write a MeshMetric.',
  'sidecar.istio.io/interceptionMode': 'Kong Mesh redirects only; TPROXY has no counterpart.',
  'sidecar.istio.io/nativeSidecar': 'Kong Mesh uses native sidecars wherever Kubernetes has them.',
  'sidecar.istio.io/proxyCPU': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/proxyCPULimit': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/proxyImage': "The image comes from Kong Mesh's chart.",
  'sidecar.istio.io/proxyImageType': "The image comes from Kong Mesh's chart.",
  'sidecar.istio.io/proxyMemory': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/proxyMemoryLimit': 'Write a ContainerPatch and name it in `kuma.io/container-patches`.',
  'sidecar.istio.io/rewriteAppHTTPProbers':
    'Set `kuma.io/application-probe-proxy-port` where probes must not be rewritten.',
  'sidecar.istio.io/statsInclusionPrefixes': 'Write a MeshMetric.',
  'sidecar.istio.io/userVolume': 'Write a ContainerPatch; the volume must stand in the pod.',
  'sidecar.istio.io/userVolumeMount': 'Write a ContainerPatch; the volume must stand in the pod.',
  'status.sidecar.istio.io/port': 'Kong Mesh has one readiness port for all sidecars.',
  'topology.istio.io/subzone': 'Kong Mesh takes the topology labels of nodes.',
  'traffic.istio.io/nodeSelector': 'Kong Mesh has no such setting.',
  'traffic.sidecar.istio.io/excludeInterfaces': 'Kong Mesh has no such setting.',
  'traffic.sidecar.istio.io/includeInboundPorts':
    'Exclude the other ports with `traffic.kuma.io/exclude-inbound-ports`.',
  'traffic.sidecar.istio.io/includeOutboundIPRanges':
    'Exclude the other addresses with `traffic.kuma.io/exclude-outbound-ips`.',
  'traffic.sidecar.istio.io/includeOutboundPorts':
    'Exclude the other ports with `traffic.kuma.io/exclude-outbound-ports`.',
  'traffic.sidecar.istio.io/kubevirtInterfaces':
    "Set `redirect.vnet` in the configuration of Kong Mesh's transparent proxy.",
  'istio.io/reroute-virtual-interfaces': "Set `redirect.vnet` in the configuration of Kong Mesh's transparent proxy.",
};

/** Values that ask for what Kong Mesh does anyway. */
const automatic: Readonly<Record<string, readonly string[]>> = {
  'sidecar.istio.io/interceptionMode': ['REDIRECT'],
  'sidecar.istio.io/nativeSidecar': ['true'],
  'sidecar.istio.io/rewriteAppHTTPProbers': ['true'],
  'traffic.sidecar.istio.io/includeInboundPorts': ['*'],
  'traffic.sidecar.istio.io/includeOutboundIPRanges': ['*'],
};

/** Keys that controllers and tools write for themselves. */
const idle =
  /^(?:sidecar\.istio\.io\/status|gateway\.istio\.io\/|galley\.istio\.io\/|install\.operator\.istio\.io\/|operator\.istio\.io\/|security\.istio\.io\/(?:alpha-policy-convert|autoRegistration)|istio\.io\/(?:ignore-policy-attachment|enable-inference-extproc|dry-run|config|connectedAt|disconnectedAt|description)|internal\.istio\.io\/)/;

const fieldAt = (resource: Resource, path: string): Field | undefined =>
  descend(rootField(resource), ...(parsePath(path) ?? []));

/** The part of `proxy.istio.io/config` that pods of Kong Mesh can say in annotations; the rest is named in the finding. */
function proxyConfig(
  context: Context,
  field: Field<string>,
  workload: Workload | undefined,
  patches: WorkloadPatches,
): void {
  let settings: Field | undefined;
  try {
    settings = { ...field, value: parseYaml(field.value)[0]?.value ?? {} };
  } catch {
    settings = undefined;
  }
  const lost: string[] = [];
  for (const [name, setting] of entries(settings)) {
    const key = annotationFor[name];
    if (key === undefined || workload === undefined) lost.push(name);
    else patches.add(workload, 'annotations', key, context.derived(field, String(setting.value)));
  }
  if (lost.length === 0) context.settled(field);
  else {
    context.claim(field, 'approximate', codes.label.proxyConfig);
    context.report(codes.label.proxyConfig, { fields: lost.join(', ') }, field);
  }
}

/** What is not intercepted becomes a list of the ports that the containers declare (security.md 7). */
function includeInboundPorts(
  context: Context,
  field: Field<string>,
  workload: Workload,
  patches: WorkloadPatches,
): void {
  const included = new Set(field.value.split(',').map((one) => Number(one.trim())));
  const declared = [...new Set(workload.containerPorts.map(({ port }) => port))].sort((a, b) => a - b);
  const excluded = declared.filter((port) => !included.has(port));
  const parameters = {
    ports: field.value.trim() === '' ? 'of none' : field.value,
    excluded: excluded.length === 0 ? 'none' : excluded.join(', '),
  };
  if (excluded.length === 0) context.approximate(field, undefined, codes.label.inboundPorts, parameters);
  else
    patches.add(
      workload,
      'annotations',
      'traffic.kuma.io/exclude-inbound-ports',
      context.approximate(field, excluded.join(','), codes.label.inboundPorts, parameters),
    );
}

const annotationFor: Readonly<Record<string, string>> = {
  concurrency: 'kuma.io/sidecar-proxy-concurrency',
  holdApplicationUntilProxyStarts: 'kuma.io/wait-for-dataplane-ready',
  terminationDrainDuration: 'kuma.io/sidecar-drain-time',
};

function accountForKey(
  context: Context,
  field: Field<string>,
  key: string,
  workload: Workload | undefined,
  patches: WorkloadPatches,
): void {
  const counterpart = same[key];
  if (counterpart !== undefined && workload !== undefined) {
    patches.add(workload, 'annotations', counterpart, context.exact(field, field.value));
    return;
  }
  if (key === 'sidecar.istio.io/inject' && workload !== undefined) {
    const on = field.value === 'true' ? 'enabled' : 'disabled';
    patches.add(workload, 'labels', 'kuma.io/sidecar-injection', context.exact(field, on));
    // Istio's webhook selects pods that ask for it in any namespace: with both labels a pod gets both proxies (KM-002).
    if (on === 'enabled') patches.add(workload, 'labels', key, context.derived(field, 'false'));
    return;
  }
  if (automatic[key]?.includes(field.value) === true) {
    context.settled(field);
    return;
  }
  if (key === 'traffic.sidecar.istio.io/includeInboundPorts' && workload !== undefined) {
    includeInboundPorts(context, field, workload, patches);
    return;
  }
  if (key === 'proxy.istio.io/config') {
    proxyConfig(context, field, workload, patches);
    return;
  }
  if (idle.test(key)) context.inert(field, codes.label.idle, { key });
  else
    context.unsupported(field, codes.label.elsewhere, {
      key,
      advice: elsewhere[key] ?? counterpart ?? 'Check what reads it.',
    });
}

/** Istio's labels and annotations: those of pods become Kong Mesh's on the same pods, the rest gets a verdict (security.md 7). */
export function accountForMetadata(context: Context, workloads: readonly Workload[], patches: WorkloadPatches): void {
  const byResource = new Map(workloads.map((workload) => [workload.resource, workload]));
  for (const resource of context.estate.context) {
    for (const path of contextLeavesOf(resource)) {
      const field = text(fieldAt(resource, path));
      const key = String(parsePath(path)?.at(-1));
      if (field === undefined || context.unclaimed(field).length === 0) continue;
      const ofPods = path.startsWith('spec.') || resource.kind === 'Pod';
      accountForKey(context, field, key, ofPods ? byResource.get(resource) : undefined, patches);
    }
  }
  for (const resource of context.estate.istio) {
    for (const part of ['annotations', 'labels'] as const) {
      for (const [key, field] of entries(descend(rootField(resource), 'metadata', part))) {
        const value = text(field);
        if (value === undefined || !isIstioKey(key) || context.unclaimed(value).length === 0) continue;
        accountForKey(context, value, key, undefined, patches);
      }
    }
  }
}
