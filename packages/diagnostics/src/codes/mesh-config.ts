import { defineCodes } from '../code.ts';

const differences =
  'Without policies Kong Mesh times requests out after 15 s and idle streams after 30 min, connects within 5 s, limits connections and requests to 1,024 by its default policies, retries 5 times on 5xx, balances round robin and sends to failing endpoints when half of them fail; Istio has no request timeout, connects within 10 s, has no limits, retries twice on connection failures, balances by least request and has no such panic threshold.';

/** Findings about the mesh's own configuration. */
export const meshConfig = defineCodes({
  defaultsKept: {
    code: 'ISTHMUS-MC-001',
    severity: 'info',
    title: "Istio's defaults are kept",
    message:
      "Five policies whose names begin with istio-parity keep Istio's defaults of timeouts, retries, limits, panic threshold and load balancing for the whole mesh. For gRPC, Kong Mesh's list of conditions for a retry is a superset of Istio's.",
    help: "Say `defaults: adopt` in the settings to take Kong Mesh's own.",
    explanation: `Defaults are behaviour. ${differences} The policies are named so that they win over those that a new mesh brings (kuma 2.14; the smaller display name wins).`,
  },
  defaultsAdopted: {
    code: 'ISTHMUS-MC-002',
    severity: 'warning',
    title: "Kong Mesh's defaults are adopted",
    message:
      "The settings adopt Kong Mesh's defaults: requests time out after 15 s, where Istio has no timeout; retries, connection limits and load balancing differ too.",
    help: "Say `defaults: keep` in the settings to keep Istio's.",
    explanation: `Defaults are behaviour. ${differences}`,
  },
  retriesOfGrpc: {
    code: 'ISTHMUS-MC-003',
    severity: 'warning',
    title: 'Default retries differ on ports of gRPC',
    message:
      '{count} ports speak gRPC, first port {port} of Service {service}. Istio retries there twice on connect-failure, refused-stream, unavailable and cancelled; Kong Mesh on its own longer list: gateway-error, reset and resource-exhausted too, and not on cancelled.',
    help: 'Check which failures the callers of these ports expect to be retried; a MeshRetry can name the statuses of gRPC for them, and then no failures of connections.',
    explanation:
      'Istio has one list of conditions for every HTTP route (istio/pilot/pkg/networking/core/route/retry, 1.32). Kong Mesh keeps lists by protocol: that of gRPC cannot hold failures of connections, which only its default list has, and its word for cancelled is none that Envoy knows (routing.md 3.4, T70; verified by running kuma 2.14).',
  },
});
