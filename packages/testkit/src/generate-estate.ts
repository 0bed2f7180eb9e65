import { type JsonObject, writeYamlDocuments } from '@isthmus/kubernetes';
import { type Manifest, manifest } from './manifest.ts';

/** A file of a generated estate. */
export interface GeneratedFile {
  readonly file: string;
  readonly text: string;
}

export interface GeneratedEstate {
  /** Number of services; as many VirtualServices and DestinationRules go with them. */
  readonly services: number;
  readonly seed: number;
  /** Documents of one file, 500 when nothing is said. */
  readonly perFile?: number;
}

/** A deterministic source of numbers (mulberry32): the same seed gives the same sequence on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const teams = ['sales', 'passenger', 'operations', 'loyalty', 'payments', 'cargo', 'crew', 'web'];
const words = ['api', 'store', 'search', 'prices', 'stock', 'mail', 'events', 'users'];

interface Drawn {
  readonly name: string;
  readonly namespace: string;
  readonly next: (below: number) => number;
  /** A service of the same namespace, so that routes refer to something that exists. */
  readonly neighbour: string;
}

const metadata = ({ name, namespace }: Drawn) => ({
  name,
  namespace,
  labels: { app: name, team: namespace, 'app.kubernetes.io/part-of': 'kongair' },
});

function service(drawn: Drawn): Manifest {
  const protocol =
    drawn.next(4) === 0 ? { name: 'grpc-api', appProtocol: 'grpc' } : { name: 'http', appProtocol: 'http' };
  const ports = [{ ...(drawn.next(3) === 0 ? { name: 'http-web' } : protocol), port: 8080, targetPort: 'http' }];
  return manifest('v1', 'Service', metadata(drawn), { selector: { app: drawn.name }, ports });
}

function virtualService(drawn: Drawn): Manifest {
  const { name, neighbour, next } = drawn;
  const to = (subset: string): JsonObject => ({ destination: { host: name, subset, port: { number: 8080 } } });
  const plain = { name: 'default', timeout: `${1 + next(30)}s`, route: [to('v1')] };
  const canary = {
    name: 'canary',
    route: [
      { ...to('v1'), weight: 90 },
      { ...to('v2'), weight: 10 },
    ],
  };
  const preview = {
    name: 'preview',
    match: [{ uri: { prefix: '/' }, headers: { 'x-preview': { exact: 'true' } } }],
    route: [to('v2')],
  };
  const paths = {
    name: 'api',
    match: [{ uri: { prefix: `/api/${words[next(words.length)]}` } }, { uri: { exact: '/healthz' } }],
    retries: { attempts: 1 + next(4), perTryTimeout: '2s', retryOn: '5xx,reset,connect-failure' },
    route: [to('v1')],
  };
  const moved = {
    name: 'moved',
    match: [{ uri: { prefix: `/${words[next(words.length)]}/` } }],
    rewrite: { uri: '/' },
    route: [{ destination: { host: neighbour, port: { number: 8080 } } }],
  };
  const shapes = [[plain], [preview, canary], [paths, plain], [moved, plain], [preview, paths, plain]];
  const http = shapes[next(shapes.length)] as JsonObject[];
  return manifest('networking.istio.io/v1', 'VirtualService', metadata(drawn), { hosts: [name], http });
}

function destinationRule(drawn: Drawn): Manifest {
  const { name, next } = drawn;
  const connectionPool = {
    tcp: { maxConnections: 50 * (1 + next(20)), connectTimeout: '2s' },
    http: { http1MaxPendingRequests: 100, maxRequestsPerConnection: 10 },
  };
  const outlierDetection = {
    consecutive5xxErrors: 3 + next(5),
    interval: '10s',
    baseEjectionTime: '30s',
    maxEjectionPercent: 50,
  };
  const loadBalancer = next(4) === 0 ? { consistentHash: { httpHeaderName: 'x-user' } } : { simple: 'LEAST_REQUEST' };
  const policies = [
    { loadBalancer },
    { connectionPool },
    { outlierDetection, loadBalancer },
    { connectionPool, outlierDetection },
  ];
  const subsets = ['v1', 'v2'].map((version) => ({ name: version, labels: { version } }));
  const spec = { host: name, trafficPolicy: policies[next(policies.length)] as JsonObject, subsets };
  return manifest('networking.istio.io/v1', 'DestinationRule', metadata(drawn), spec);
}

const kinds = [
  ['services', service],
  ['virtual-services', virtualService],
  ['destination-rules', destinationRule],
] as const;

/**
 * The files of a large estate for benchmarks: for each service a Service, a VirtualService and a DestinationRule, of
 * ten to thirty leaves each, as real ones have. The same numbers give the same bytes; an estate of more services begins
 * with those of the smaller one.
 */
export function generateEstate({ services, seed, perFile = 500 }: GeneratedEstate): GeneratedFile[] {
  const label = (index: number): string => `${words[index % words.length]}-${index}`;
  const files: GeneratedFile[] = [];
  for (let first = 0; first < services; first += perFile) {
    const count = Math.min(perFile, services - first);
    for (const [folder, build] of kinds) {
      const documents = Array.from({ length: count }, (_, offset) => {
        const index = first + offset;
        const namespace = teams[index % teams.length] as string;
        const neighbour = label(index < teams.length ? index : index - teams.length);
        return build({ name: label(index), namespace, neighbour, next: random(seed + 7919 * index) });
      });
      const number = String(first / perFile).padStart(4, '0');
      files.push({ file: `${folder}/${number}.yaml`, text: writeYamlDocuments(documents) });
    }
  }
  return files;
}
