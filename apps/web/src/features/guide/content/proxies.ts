import type { SectionText } from './section.ts';

export const proxies = {
  injection: {
    lead: 'Both meshes inject by webhooks that act on labels, and they do not know of each other. One label too many gives a pod two proxies that fight for the same ports.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Namespace asks by',
            '`istio-injection: enabled` or `istio.io/rev`.',
            '`kuma.io/sidecar-injection: enabled`.',
          ],
          [
            'Pod asks by',
            'Label `sidecar.istio.io/inject: "true"`, also in a namespace that does not.',
            'Label `kuma.io/sidecar-injection: enabled`, only where the namespace has the label key.',
          ],
          ['As an annotation', 'Still read, deprecated.', 'Without effect.'],
          [
            'Pods on the network of their node',
            'Are left out.',
            'Are injected: the init container rewrites the rules of the node.',
          ],
          ['User of the proxy', '1337.', '5678. A container with that user is refused.'],
          [
            'Ports in the pod',
            '15000, 15001, 15004, 15006, 15008, 15020, 15021, 15053, 15090.',
            '15001, 15006, 15053, 9001 (probes), 9902 (readiness), and 9901 (admin) up to 2.13.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'A namespace changes with one patch',
        text: 'The patch of a namespace takes the label of Istio away as that of Kong Mesh comes, and pods change as they restart. As soon as the namespace is labelled, every Service in it has a MeshService whose endpoints are pods of Kong Mesh alone: until one has restarted, callers in Kong Mesh get 503. Waves keep services together that share pods.',
      },
      {
        kind: 'text',
        title: 'On the way to the pods',
        text: 'The API server calls the injector on 5443, sidecars call the control plane on 5678. Network policies and firewalls have to let both through before the first pod restarts.',
      },
    ],
    sources: [
      'kuma, pkg/plugins/runtime/k8s/webhooks/injector, 2.13, 2.14 and 3.0: selectors run',
      'istio, pkg/kube/inject, 1.32-dev',
    ],
  },
  pods: {
    lead: 'Applications come to lean on their sidecar: its ports, its probes, its end. Annotations carry much of it over; what calls the proxy of Istio by its port does not.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Ports left alone',
            '`traffic.sidecar.istio.io/exclude…`, `include…`.',
            '`traffic.kuma.io/exclude-…` only; what was included becomes a list of the rest.',
          ],
          ['Probes', 'Rewritten to 15020, unless turned off.', 'Rewritten to 9001; turned off by port 0.'],
          [
            'Waiting for the proxy',
            '`holdApplicationUntilProxyStarts`, or a script that asks 15021.',
            'Native sidecars from 2.14 on; `kuma.io/wait-for-dataplane-ready`.',
          ],
          ['Ending the proxy of a job', '`/quitquitquit` on 15020.', 'Not needed with native sidecars, and not there.'],
          ['Resources of the proxy', 'Annotations.', 'A ContainerPatch in the system namespace.'],
          ['Interception', 'REDIRECT, TPROXY or none.', 'REDIRECT.'],
        ],
      },
      {
        kind: 'text',
        text: 'Each label and annotation of Istio has a verdict in the report. Pre-flight looks for what leans on the sidecar in commands, probes, environment variables and ports.\n\n3.0 refuses a pod whose list of excluded ports holds a range; 2.13 and 2.14 take it. Isthmus writes ranges out.',
      },
    ],
    sources: [
      'kuma, pkg/plugins/runtime/k8s/metadata/annotations.go, 2.13, 2.14 and 3.0: values run',
      'istio, pkg/kube/inject and pilot/cmd/pilot-agent, 1.32-dev',
    ],
  },
  observability: {
    lead: 'Logs, traces and metrics carry over as policies, but metrics have other names: dashboards, alerts and autoscaling by metrics have to be rewritten by hand.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Access logs',
            'Telemetry with providers, for clients, servers or both.',
            'MeshAccessLog, with `to` for clients and `rules` for servers.',
          ],
          ['Filter of logs', 'An expression.', 'None; Isthmus says so.'],
          ['Traces', 'Telemetry, sampling by percent.', 'MeshTrace, the sampling kept. One for both directions.'],
          [
            'Metrics',
            '`istio_requests_total` and others, by the sidecar of the server.',
            'Metrics of Envoy, by MeshMetric on 5670.',
          ],
          [
            'OpenTelemetry',
            'A provider of the MeshConfig.',
            'An endpoint in the policy; a MeshOpenTelemetryBackend from 3.0 on.',
          ],
          ['Scraping', 'Merged with the application on 15020.', 'MeshMetric with `applications`.'],
        ],
      },
      {
        kind: 'text',
        text: 'With Strict mode a scraper without a sidecar does not reach ports of the application any more. Let MeshMetric collect them, or exclude the port.',
      },
    ],
    sources: [
      'istio 1.32-dev: merging of Telemetry, run',
      'kuma 2.14: MeshAccessLog, MeshMetric and MeshTrace, admission run',
    ],
  },
  extensions: {
    lead: 'An EnvoyFilter changes what Istio generates, by names that only Istio uses. What it is for often has a policy in Kong Mesh; the rest becomes a MeshProxyPatch or blocks.',
    parts: [
      {
        kind: 'compare',
        rows: [
          ['Local rate limit', 'A filter inserted by hand.', 'MeshRateLimit. Bursts above the rate are lost.'],
          [
            'Timeouts, limits, balancing',
            'Patches of clusters and of the connection manager.',
            'MeshTimeout, MeshCircuitBreaker, MeshLoadBalancingStrategy.',
          ],
          ['Headers, Lua, compression', 'Filters.', 'MeshProxyPatch: approximate, since nobody has run it.'],
          ['Wasm', 'A WasmPlugin, fetched by the agent.', 'A draft: Kong Mesh fetches no modules.'],
          ['Gateways', 'Patches with context GATEWAY.', 'Plugins of Kong: a patch does not reach its own listener.'],
          [
            'A patch that matches nothing',
            'Is ignored in silence.',
            'Named by a finding, so that nobody brings a dead limit to life.',
          ],
        ],
      },
      {
        kind: 'text',
        text: 'A patch that restricts traffic and has no place in Kong Mesh blocks. Names of listeners, clusters and routes differ between the meshes, and so does what a patch may reach: `kumactl inspect dataplane` shows what came of it.',
      },
    ],
    sources: [
      'istio 1.32-dev and envoy 1.40: order and effect of patches, run',
      'kuma 2.14: MeshProxyPatch operations, run without traffic',
    ],
  },
} satisfies Record<string, SectionText>;
