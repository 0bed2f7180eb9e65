import { codes } from '@isthmus/diagnostics';
import { isMap } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { eachLeaf, entries, type Field, rootField } from '../../field.ts';
import { isWithin } from '../../leaves.ts';
import { meshSettings } from '../../mesh-settings.ts';

/** What to do about a field of the mesh's configuration that no translator has read (edge.md 3.6, security.md 2.4). */
const advice: Readonly<Record<string, string>> = {
  accessLogEncoding: 'Choose Plain or Json in the format of a MeshAccessLog.',
  accessLogFormat: 'Write the format into a MeshAccessLog.',
  caCertificates: 'Add the authorities to a MeshTrust.',
  certificates: 'Issue them with cert-manager.',
  configSources: 'Kong Mesh reads its own resources only.',
  connectTimeout: 'Write it into a MeshTimeout (connectionTimeout).',
  defaultConfig:
    'Set its counterparts on the pods: `kuma.io/sidecar-proxy-concurrency`, `kuma.io/sidecar-drain-time`, `kuma.io/wait-for-dataplane-ready`, `kuma.io/sidecar-env-vars`.',
  defaultHttpRetryPolicy: 'Write it into a MeshRetry for the whole mesh.',
  defaultProviders: 'Write a MeshAccessLog, MeshTrace or MeshMetric for the whole mesh.',
  defaultServiceExportTo: 'Restrict with reachable backends or MeshTrafficPermissions.',
  discoverySelectors: 'Label the namespaces that take part with `kuma.io/sidecar-injection`; others are not seen.',
  dnsRefreshRate: 'Kong Mesh has no such setting.',
  enableAutoMtls: 'Mutual TLS of Kong Mesh does not depend on the caller.',
  enableEnvoyAccessLogService: 'Write a MeshAccessLog with an OpenTelemetry backend.',
  enablePrometheusMerge: 'List the applications in a MeshMetric.',
  enableTracing: 'Write a MeshTrace, with its sampling: Kong Mesh traces every request unless told otherwise.',
  extensionProviders: 'Write the MeshAccessLog, MeshTrace or MeshOPA that a policy names it for.',
  h2UpgradePolicy: 'Set `appProtocol: http2` on the ports that speak it.',
  ingressClass: 'Kong reads Ingresses of the class `kong`.',
  ingressControllerMode: 'Kong reads Ingresses of the class `kong`.',
  ingressSelector: 'Kong reads Ingresses of the class `kong`.',
  ingressService: 'Kong reads Ingresses of the class `kong`.',
  localityLbSetting: 'Write it into a MeshLoadBalancingStrategy for the whole mesh.',
  protocolDetectionTimeout: 'Kong Mesh finds no protocols out: set `appProtocol` on every port.',
  proxyHttpPort: 'Kong Mesh has no such port.',
  proxyListenPort: 'Kong Mesh has ports of its own.',
  rootNamespace: "Policies for the whole mesh stand in the namespace of Kong Mesh's control plane.",
  serviceScopeConfigs: 'Services of Kong Mesh are local to a zone; a MeshMultiZoneService spans several.',
  serviceSettings: 'Services of Kong Mesh are local to a zone; a MeshMultiZoneService spans several.',
  tcpKeepalive: 'Write it into a MeshProxyPatch for the clusters.',
  trustDomain: 'Set it in a MeshIdentity.',
  trustDomainAliases: 'Add the trust domains to a MeshTrust, and name them in MeshTrafficPermissions.',
};

/** Fields whose loss opens or weakens something. */
const restricting: Readonly<Record<string, string>> = {
  ca: 'Certificates come from elsewhere.',
  inboundTrafficPolicy: 'LOCALHOST keeps ports of the pod closed that no Service names.',
  meshMTLS: 'The least version of TLS in the mesh is lower in Kong Mesh; set it in a MeshTLS.',
  pathNormalization: 'Rules on paths are checked against another spelling of the path.',
  serviceEntryVisibility: 'Hosts of ServiceEntries that it hides from namespaces are seen by all.',
  tlsDefaults: 'The least version of TLS is set in a MeshTLS.',
};

/**
 * Istio's default, PASSTHROUGH, hands connections to ports that no Service declares to the application; Kong Mesh's sidecars
 * drop them where mTLS is Strict (security.md 1.5 and 3.4).
 */
function accountForInboundPolicy(context: Context): void {
  for (const mode of meshSettings(context, 'inboundTrafficPolicy', 'mode'))
    if (mode.value === 'PASSTHROUGH') context.approximate(mode, undefined, codes.installation.undeclaredPorts, {});
}

/** Who goes by a rule is worked out before anything is emitted for it: policies are for the clients that see it (edge.md M4). */
function accountForExports(context: Context): void {
  for (const name of ['defaultVirtualServiceExportTo', 'defaultDestinationRuleExportTo'])
    for (const field of meshSettings(context, name)) context.settled(field);
}

function leavesUnder(field: Field): number {
  let count = 0;
  eachLeaf(field.value, field.path, () => void count++);
  return count;
}

/** Names of the fields of a block under which something is open. */
const restOf = (block: Field, open: readonly Field[]): string[] =>
  entries(block).flatMap(([name, field]) => (open.some((leaf) => isWithin(leaf, field)) ? [name] : []));

/** What is left of the mesh's configuration: one finding for each of its fields. */
export function accountForMeshFields(context: Context): void {
  accountForInboundPolicy(context);
  accountForExports(context);
  for (const config of meshSettings(context)) {
    for (const [key, field] of entries(config.path === '' ? rootField(config.resource) : config)) {
      const open: Field[] = context.unclaimed(field);
      const [first] = open;
      if (first === undefined) continue;
      const why = restricting[key];
      // Of a block that is carried over in part, what is left.
      const isPart = isMap(field.value) && open.length < leavesUnder(field);
      const name = isPart
        ? restOf(field, open)
            .map((one) => `${key}.${one}`)
            .join(', ')
        : key;
      const code = why === undefined ? codes.installation.meshField : codes.installation.meshRestriction;
      for (const leaf of open) context.claim(leaf, 'unsupported', code);
      if (why === undefined)
        context.report(
          codes.installation.meshField,
          { field: name, advice: advice[key] ?? 'Review what it does for your services.' },
          first,
        );
      else context.report(codes.installation.meshRestriction, { field: name, why }, first);
    }
  }
}
