import fc from 'fast-check';
import type { Manifest } from './manifest.ts';
import {
  defaults,
  exportTo,
  headerName,
  list,
  percent,
  resource,
  type Surroundings,
  seconds,
  some,
} from './surroundings.ts';

/** DestinationRules: pools, outlier detection, load balancing with locality, TLS, subsets and settings for ports. */
export function arbitraryDestinationRule(surroundings: Surroundings = {}): fc.Arbitrary<Manifest> {
  const { hosts, subsets, ports } = { ...defaults, ...surroundings };
  const count = fc.integer({ min: 1, max: 1000 });
  const connectionPool = some({
    tcp: some({ maxConnections: count, connectTimeout: seconds }),
    http: some({ http1MaxPendingRequests: count, http2MaxRequests: count, maxRetries: count, idleTimeout: seconds }),
  });
  const outlierDetection = some({
    consecutive5xxErrors: fc.integer({ min: 0, max: 20 }),
    consecutiveGatewayErrors: fc.integer({ min: 0, max: 20 }),
    interval: seconds,
    baseEjectionTime: seconds,
    maxEjectionPercent: percent,
    minHealthPercent: percent,
  });
  const localityLbSetting = fc.constantFrom(
    { enabled: false },
    { enabled: true, failover: [{ from: 'eu-west-1', to: 'eu-central-1' }] },
    { enabled: true, failoverPriority: ['topology.kubernetes.io/zone'] },
    { distribute: [{ from: 'eu-west-1/*', to: { 'eu-west-1/*': 80, 'eu-central-1/*': 20 } }] },
  );
  const consistentHash = fc.oneof(
    headerName.map((httpHeaderName) => ({ httpHeaderName })),
    fc.constant({ useSourceIp: true }),
    some({ name: fc.constant('session'), path: fc.constant('/'), ttl: seconds }, 'name', 'ttl').map((httpCookie) => ({
      httpCookie,
    })),
  );
  const loadBalancer = fc.oneof(
    some(
      { simple: fc.constantFrom('ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'PASSTHROUGH'), localityLbSetting },
      'simple',
    ),
    some({ consistentHash, localityLbSetting }, 'consistentHash'),
  );
  const tls = fc.constantFrom(
    { mode: 'DISABLE' },
    { mode: 'ISTIO_MUTUAL' },
    { mode: 'SIMPLE', sni: 'api.example.com' },
  );
  const blocks = { connectionPool, outlierDetection, loadBalancer, tls };
  const portLevel = fc.constantFrom(...ports).map((number) => ({ number }));
  const trafficPolicy = some({ ...blocks, portLevelSettings: list(some({ port: portLevel, ...blocks }, 'port'), 2) });
  const subset = (subsetName: string) =>
    some(
      { name: fc.constant(subsetName), labels: fc.constant({ version: subsetName }), trafficPolicy: some(blocks) },
      'name',
      'labels',
    );
  const spec = some(
    {
      host: fc.constantFrom(...hosts),
      trafficPolicy,
      subsets: fc.tuple(...subsets.map(subset)),
      exportTo,
    },
    'host',
  );
  return resource('networking.istio.io/v1', 'DestinationRule', surroundings, spec);
}
