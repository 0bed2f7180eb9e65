import { defineCodes } from '../code.ts';

const names =
  "Clusters, listeners, routes and filters have other names in Kong Mesh, so that a patch that is copied matches nothing, without an error; a JSON patch to a path that is absent fails the proxy's whole configuration (kuma 2.14, verified by running).";

/** Findings about EnvoyFilters, Wasm modules and scripts. */
export const extension = defineCodes({
  patch: {
    code: 'ISTHMUS-EXT-001',
    severity: 'blocker',
    title: "Patch of Envoy's configuration",
    message:
      'This patch ({operation} of {applyTo}, context {place}) changes the configuration of Istio. It is not carried over, because {reason}: what it adds, restricts or limits is missing. Its counterpart is {policy}.',
    help: 'Write {policy} by hand, and try it on one workload first.',
    explanation: `${names} Where a policy does what the patch is for, it is the better counterpart (edge.md 3.9).`,
  },
  gatewayPatch: {
    code: 'ISTHMUS-EXT-002',
    severity: 'blocker',
    title: 'Patch for the gateway',
    message:
      'This patch ({operation} of {applyTo}) is for the gateway. Kong Gateway is no Envoy; a MeshProxyPatch for it would change its connections into the mesh only, not those of its clients.',
    help: 'Look for a plugin or a setting of Kong Gateway that does the same; of a limit of requests the plugin rate-limiting is drafted.',
    explanation:
      'A delegated gateway has a sidecar for what it sends into the mesh; its clients talk to Kong itself (kuma 2.14).',
  },
  unreachablePatch: {
    code: 'ISTHMUS-EXT-003',
    severity: 'blocker',
    title: 'Patch that Kong Mesh cannot make',
    message: 'This patch is for {applyTo}, which no MeshProxyPatch reaches. It is not carried over.',
    help: 'Set environment variables of kuma-dp or a ContainerPatch where they do; otherwise keep the workload on Istio.',
    explanation: 'MeshProxyPatch changes clusters, listeners, filters and virtual hosts (kuma 2.14).',
  },
  deadThreshold: {
    code: 'ISTHMUS-EXT-004',
    severity: 'warning',
    title: 'Patch of thresholds has no effect',
    message:
      'A MERGE of circuit_breakers.thresholds adds a second list entry behind the one that Istio writes, and Envoy uses the first: these limits have never held.',
    help: 'Remove the patch; write a MeshCircuitBreaker if the limits are meant to hold from now on.',
    explanation: 'Repeated fields are appended by MERGE (istio 1.32 and Envoy 1.40, verified by running).',
  },
  wasm: {
    code: 'ISTHMUS-EXT-005',
    severity: 'blocker',
    title: 'Module that runs in the proxy',
    message:
      'This {kind} runs {url} in the proxies{phase}. It is not carried over, because {reason}: what it checks or changes is missing.',
    help: 'Mount the module with a ContainerPatch and add the filter with a MeshProxyPatch (AddBefore the router), or write a plugin of Kong Gateway at the edge.',
    explanation:
      'Kong Mesh has no counterpart of the fetching of modules (kuma 2.14); filters can be added by MeshProxyPatch with a local file.',
  },
  empty: {
    code: 'ISTHMUS-EXT-006',
    severity: 'info',
    title: 'EnvoyFilter without patches',
    message: 'This EnvoyFilter holds no patch, so that it changes nothing.',
    help: 'Remove it.',
    explanation:
      'Only `configPatches` change the configuration of a proxy (istio/api, networking/v1alpha3/envoy_filter.proto).',
  },
  rateLimit: {
    code: 'ISTHMUS-EXT-007',
    severity: 'warning',
    title: 'Local rate limit becomes a policy',
    message:
      'This patch limits requests by a bucket; a MeshRateLimit of {requests} requests in {interval} takes its place. It never grants more: {burst} requests of burst beyond that are lost.',
    help: 'Raise the rate where clients rely on the burst.',
    explanation:
      'A MeshRateLimit is a bucket that is filled to the brim once in its interval (kuma, meshratelimit, 2.14), so that the smaller of `max_tokens` and `tokens_per_fill` is carried over. Both limit each proxy by itself.',
  },
  proxyPatch: {
    code: 'ISTHMUS-EXT-008',
    severity: 'warning',
    title: 'Patch becomes a MeshProxyPatch',
    message:
      'This patch becomes a modification of the MeshProxyPatch {name}, for {side} traffic. Kong Mesh accepts it; whether Envoy does with it what it did in Istio, nobody has run.',
    help: 'Try it on one workload: look at its configuration (`kumactl inspect dataplane --type=config-dump`) and at its requests before others follow.',
    explanation: `${names} A patch is carried over where neither its place nor its content names something of Istio's. A filter that stood anywhere but directly before the router becomes the first one, since the filters around it differ (edge.md 1.7, 3.9).`,
  },
  policy: {
    code: 'ISTHMUS-EXT-009',
    severity: 'warning',
    title: 'Patch becomes a policy',
    message: 'This patch becomes a {policy} for the same workloads: {difference}.',
    help: 'Look at the policy: from now on it is where this is set, and it is merged with the others of its kind.',
    explanation:
      'A patch of Istio comes after everything else and outdoes it; policies of Kong Mesh are merged by how specific they are (edge.md 3.9, fields by the proxies that they are written to).',
  },
  noEffect: {
    code: 'ISTHMUS-EXT-010',
    severity: 'warning',
    title: 'Patch has no effect',
    message: 'This patch does nothing in Istio: {reason}.',
    help: 'Remove it, or find out what it was meant to do.',
    explanation:
      'Istio applies a patch that matches nothing to nothing, and reports nothing; what Envoy refuses never becomes a configuration (istio 1.32, verified by running; edge.md 3.9).',
  },
  priority: {
    code: 'ISTHMUS-EXT-011',
    severity: 'info',
    title: 'Order among patches follows from names',
    message: 'MeshProxyPatches have no priority: the less specific ones come first, then those with the greater name.',
    help: 'Put patches that must come in an order into one MeshProxyPatch.',
    explanation:
      'Kong Mesh appends the modifications of all policies that select a workload (kuma, meshproxypatch, 2.14; edge.md T49).',
  },
  connectionLimit: {
    code: 'ISTHMUS-EXT-012',
    severity: 'warning',
    title: 'Local limit of connections becomes a policy',
    message:
      'This patch limits new connections by a bucket; a MeshRateLimit of {requests} connections in {interval} takes its place. It never grants more: {burst} connections of burst beyond that are lost.',
    help: 'Raise the rate where clients rely on the burst.',
    explanation:
      'A MeshRateLimit is a bucket that is filled to the brim once in its interval (kuma, meshratelimit, 2.14), so that the smaller of `max_tokens` and `tokens_per_fill` is carried over. Both limit each proxy by itself.',
  },
  restrictionWithGaps: {
    code: 'ISTHMUS-EXT-013',
    severity: 'blocker',
    title: 'Restriction does not act everywhere',
    message:
      'What this adds to proxies ({what}) can refuse requests or connections, and is carried over; but {where}. What it refused there may get through.',
    help: 'Declare the protocol of the ports (`appProtocol: http`), import the workloads with their Services, or put the check elsewhere (MeshTrafficPermission, MeshOPA, the application); then ask again.',
    explanation:
      'Istio finds out what undeclared ports carry and patches the chains of all ports; Kong Mesh takes a port without `appProtocol` for TCP, where no filter of requests stands, and has listeners for ports of Services only (edge.md 3.9, routing.md 2.5, both verified by running).',
  },
  logsReplaced: {
    code: 'ISTHMUS-EXT-014',
    severity: 'warning',
    title: 'Logs of several EnvoyFilters',
    message:
      'Some proxies write the logs of this patch and those of {others}. In Kong Mesh the list of one policy takes the place of the others there, so that lines are missing.',
    help: 'Write all logs of these proxies into one EnvoyFilter, in one patch.',
    explanation:
      'A MERGE appends to lists (istio 1.32, verified by running). MeshAccessLogs are merged as JSON, where a list replaces a list (kuma, pkg/plugins/policies/core/rules/merge/merge.go, 2.14); from 2.14 on all `rules` of servers log, `to` of clients are still merged.',
  },
});
