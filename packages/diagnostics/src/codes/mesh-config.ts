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
});
