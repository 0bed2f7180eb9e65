import type { Check } from './check.ts';
import { chain } from './identity/chain.ts';
import { keyUsage } from './identity/key-usage.ts';
import { multiRoot } from './identity/multi-root.ts';
import { rootBundle } from './identity/root-bundle.ts';
import { rootExpiry } from './identity/root-expiry.ts';
import { zoneTrust } from './identity/zone-trust.ts';
import { annotation } from './injection/annotation.ts';
import { cniConflict } from './injection/cni-conflict.ts';
import { duplicateInNamespace } from './injection/duplicate-in-namespace.ts';
import { duplicateInPod } from './injection/duplicate-in-pod.ts';
import { failurePolicy } from './injection/failure-policy.ts';
import { leftOutOfNamespace } from './injection/left-out-of-namespace.ts';
import { namespaceLabel } from './injection/namespace-label.ts';
import { networkAttachment } from './injection/network-attachment.ts';
import { podLabelValue } from './injection/pod-label-value.ts';
import { podSecurity } from './injection/pod-security.ts';
import { revisions } from './injection/revisions.ts';
import { severalMeshes } from './injection/several-meshes.ts';
import { twoSidecars } from './injection/two-sidecars.ts';
import { webhookReach } from './injection/webhook-reach.ts';
import { clientCertificate } from './kong-mesh/client-certificate.ts';
import { dnsOverlap } from './kong-mesh/dns-overlap.ts';
import { egressPermission } from './kong-mesh/egress-permission.ts';
import { fromRules } from './kong-mesh/from-rules.ts';
import { identityPrefix } from './kong-mesh/identity-prefix.ts';
import { identityWithoutPermission } from './kong-mesh/identity-without-permission.ts';
import { meshFields } from './kong-mesh/mesh-fields.ts';
import { mixedSplit } from './kong-mesh/mixed-split.ts';
import { namedReferences } from './kong-mesh/references.ts';
import { sections } from './kong-mesh/sections.ts';
import { sharedAddress } from './kong-mesh/shared-address.ts';
import { strictTarget } from './kong-mesh/strict-target.ts';
import { trustName } from './kong-mesh/trust-name.ts';
import { zoneEgress } from './kong-mesh/zone-egress.ts';
import { egressToControlPlane } from './network/egress-to-control-plane.ts';
import { ingressSources } from './network/ingress-sources.ts';
import { accountToken } from './pods/account-token.ts';
import { autoscaling } from './pods/autoscaling.ts';
import { certificates } from './pods/certificates.ts';
import { customTemplate } from './pods/custom-template.ts';
import { endsIstio } from './pods/ends-istio.ts';
import { execProbe } from './pods/exec-probe.ts';
import { forwardedCertificate } from './pods/forwarded-certificate.ts';
import { hostNetwork } from './pods/host-network.ts';
import { includedTraffic } from './pods/included-traffic.ts';
import { initContainerCalls } from './pods/init-container-calls.ts';
import { interceptionMode } from './pods/interception-mode.ts';
import { istioPorts } from './pods/istio-ports.ts';
import { istioUser } from './pods/istio-user.ts';
import { jobs } from './pods/jobs.ts';
import { portClash } from './pods/port-clash.ts';
import { probeRewriting } from './pods/probe-rewriting.ts';
import { proxylessGrpc } from './pods/proxyless-grpc.ts';
import { scraping } from './pods/scraping.ts';
import { sidecarResources } from './pods/sidecar-resources.ts';
import { sidecarUser } from './pods/sidecar-user.ts';
import { virtualInterfaces } from './pods/virtual-interfaces.ts';
import { waitsForIstio } from './pods/waits-for-istio.ts';
import { annotatedProtocol } from './services/annotated-protocol.ts';
import { datagrams } from './services/datagrams.ts';
import { externalName } from './services/external-name.ts';
import { headless } from './services/headless.ts';
import { namedTargetPort } from './services/named-target-port.ts';
import { names } from './services/names.ts';
import { noSelector } from './services/no-selector.ts';
import { ownTls } from './services/own-tls.ts';
import { peersByName } from './services/peers-by-name.ts';
import { retries } from './services/retries.ts';
import { serverFirst } from './services/server-first.ts';
import { sharedPort } from './services/shared-port.ts';
import { timeouts } from './services/timeouts.ts';
import { undeclaredPort } from './services/undeclared-port.ts';
import { undeclaredProtocol } from './services/undeclared-protocol.ts';
import { unknownProtocol } from './services/unknown-protocol.ts';
import { ambient } from './traffic/ambient.ts';
import { clusterNames } from './traffic/cluster-names.ts';
import { egressControl } from './traffic/egress-control.ts';
import { envoyFilters } from './traffic/envoy-filters.ts';
import { forcedMutualTls } from './traffic/forced-mutual-tls.ts';
import { foreignTrust } from './traffic/foreign-trust.ts';
import { gatewayClass } from './traffic/gateway-class.ts';
import { istioDns } from './traffic/istio-dns.ts';
import { machines } from './traffic/machines.ts';
import { multicluster } from './traffic/multicluster.ts';
import { referenceGrants } from './traffic/reference-grants.ts';
import { requestRules } from './traffic/request-rules.ts';
import { sameHost } from './traffic/same-host.ts';
import { sharedAccount } from './traffic/shared-account.ts';
import { strictServer } from './traffic/strict-server.ts';
import { tokens } from './traffic/tokens.ts';
import { wasmModules } from './traffic/wasm-modules.ts';

/** Every check, by area and name. A new check is one file, and a line here. */
export const checks: readonly Check[] = [
  annotation,
  cniConflict,
  duplicateInNamespace,
  duplicateInPod,
  failurePolicy,
  leftOutOfNamespace,
  namespaceLabel,
  networkAttachment,
  podLabelValue,
  podSecurity,
  revisions,
  severalMeshes,
  twoSidecars,
  webhookReach,
  accountToken,
  autoscaling,
  certificates,
  customTemplate,
  endsIstio,
  execProbe,
  forwardedCertificate,
  hostNetwork,
  includedTraffic,
  initContainerCalls,
  interceptionMode,
  istioPorts,
  istioUser,
  jobs,
  portClash,
  probeRewriting,
  proxylessGrpc,
  scraping,
  sidecarResources,
  sidecarUser,
  virtualInterfaces,
  waitsForIstio,
  annotatedProtocol,
  datagrams,
  externalName,
  headless,
  namedTargetPort,
  names,
  noSelector,
  ownTls,
  peersByName,
  retries,
  serverFirst,
  sharedPort,
  timeouts,
  undeclaredPort,
  undeclaredProtocol,
  unknownProtocol,
  ambient,
  clusterNames,
  egressControl,
  envoyFilters,
  forcedMutualTls,
  foreignTrust,
  gatewayClass,
  istioDns,
  machines,
  multicluster,
  referenceGrants,
  requestRules,
  sameHost,
  sharedAccount,
  strictServer,
  tokens,
  wasmModules,
  egressToControlPlane,
  ingressSources,
  clientCertificate,
  dnsOverlap,
  egressPermission,
  fromRules,
  identityPrefix,
  identityWithoutPermission,
  meshFields,
  mixedSplit,
  namedReferences,
  sections,
  sharedAddress,
  strictTarget,
  trustName,
  zoneEgress,
  chain,
  keyUsage,
  multiRoot,
  rootBundle,
  rootExpiry,
  zoneTrust,
];

/** The check of a code such as `ISTHMUS-PF-007`; undefined where there is none. */
export function findCheck(code: string): Check | undefined {
  return checks.find((check) => check.code.code === code.toUpperCase());
}
