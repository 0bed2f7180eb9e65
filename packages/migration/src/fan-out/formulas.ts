/** What one proxy holds: objects of Envoy's configuration, and their size as protobuf in bytes. */
export interface Load {
  readonly listeners: number;
  readonly clusters: number;
  readonly routes: number;
  readonly endpoints: number;
  readonly bytes: number;
}

/** What Istio's formulas ask of a proxy. */
export interface IstioCounts {
  /** Ports of the services in sight: a cluster each. */
  readonly clusters: number;
  /** Ports times subsets of DestinationRules. */
  readonly subsets: number;
  /** Distinct numbers of ports that speak HTTP: a listener and a route configuration each. */
  readonly httpPorts: number;
  /** Virtual hosts, without the one of each port that catches the rest. */
  readonly hosts: number;
  /** Routes beyond the first of a virtual host. */
  readonly extraRoutes: number;
  /** Listeners of TCP and TLS ports. */
  readonly tcpListeners: number;
  /** Listeners of ports whose protocol Istio finds out by looking. */
  readonly sniffed: number;
  /** Assignments of endpoints. */
  readonly assignments: number;
  readonly endpoints: number;
  /** Ports of its own on which the workload is called. */
  readonly inbound: number;
}

/** What Kong Mesh's formulas ask of a proxy. */
export interface KongCounts {
  /** Ports of the destinations within reach: a listener and a cluster each. */
  readonly destinations: number;
  /** Of these the ones that speak HTTP. */
  readonly http: number;
  /** Routes beyond the first of a destination's port. */
  readonly extraRoutes: number;
  readonly endpoints: number;
  readonly inbound: number;
}

/** Bytes of a proxy's configuration by type, which are sent and sent again apart from each other. */
export interface Bytes {
  readonly clusters: number;
  readonly listeners: number;
  /** 0 in Kong Mesh, where routes are part of listeners. */
  readonly routes: number;
  readonly endpoints: number;
}

const sum = ({ clusters, listeners, routes, endpoints }: Bytes): number => clusters + listeners + routes + endpoints;

/**
 * Bytes of a sidecar of Istio by type (edge.md 5.4; fitted to a 1.32 control plane's answers for 10 to 3,000 services, each
 * within 3 %, with names of about 8+5 characters; the listeners' 12,500 hold one inbound HTTP port without authorization).
 */
export function istioBytes(of: IstioCounts): Bytes {
  return {
    clusters: 990 + 1064 * of.clusters + 1220 * of.subsets + 147 * of.sniffed,
    listeners: 12_500 + 2310 * of.httpPorts + 270 * of.tcpListeners + 2390 * of.sniffed,
    routes: 70 * of.httpPorts + 504 * of.hosts + 545 * of.extraRoutes + 438 * of.sniffed,
    endpoints: 85 * of.assignments + 150 * of.endpoints,
  };
}

/** What a sidecar of Istio holds (edge.md 5.2): three clusters and two listeners are there whatever it sees. */
export function istioLoad(of: IstioCounts): Load {
  return {
    listeners: of.httpPorts + of.tcpListeners + of.sniffed + 2,
    clusters: of.clusters + of.subsets + of.inbound + 3,
    routes: of.hosts + of.httpPorts + of.extraRoutes + of.sniffed,
    endpoints: of.endpoints,
    bytes: sum(istioBytes(of)),
  };
}

/**
 * Bytes of a sidecar of Kong Mesh by type (edge.md 5.4; fitted to a 2.14 control plane's answers for 10 to 1,001 services
 * with the default policies, each within 3 %). Endpoints are dear, as each carries the labels of its pod three times.
 * @param mtls whether the mesh has certificates, which make each cluster larger
 */
export function kongBytes(of: KongCounts, mtls: boolean): Bytes {
  return {
    clusters: 590 + (mtls ? 544 : 236) * of.destinations + 260 * of.inbound,
    listeners: 2780 + 855 * of.destinations + 195 * of.extraRoutes + 890 * of.inbound,
    routes: 0,
    endpoints: 970 * of.endpoints,
  };
}

/** What a sidecar of Kong Mesh holds (edge.md 5.3): seven clusters, six listeners and five routes whatever it reaches. */
export function kongLoad(of: KongCounts, mtls: boolean): Load {
  return {
    listeners: of.destinations + of.inbound + 6,
    clusters: of.destinations + of.inbound + 7,
    routes: of.http + of.extraRoutes + of.inbound + 5,
    endpoints: of.endpoints,
    bytes: sum(kongBytes(of, mtls)),
  };
}

/** One formula, as it is shown beside the numbers that it gave. */
export interface Formula {
  readonly mesh: 'istio' | 'kong';
  readonly of: string;
  readonly formula: string;
}

/** The formulas above in words, with what each letter stands for. */
export function formulasFor(mtls: boolean): Formula[] {
  return [
    { mesh: 'istio', of: 'Listeners', formula: 'distinct HTTP ports + TCP ports + ports without a protocol + 2' },
    { mesh: 'istio', of: 'Clusters', formula: 'ports of services × (1 + subsets) + inbound ports + 3' },
    {
      mesh: 'istio',
      of: 'Routes',
      formula: 'HTTP ports of services, or the matches of their VirtualServices + 1 for each distinct port',
    },
    { mesh: 'istio', of: 'Endpoints', formula: 'pods of each port, and again in each subset that selects them' },
    {
      mesh: 'istio',
      of: 'Bytes',
      formula:
        'clusters 990 + 1,064 each + 1,220 per subset; listeners 12,500 + 2,310 per HTTP port + 270 per TCP port + 2,390 per port without a protocol; routes 70 per port + 504 per virtual host + 545 per further route; endpoints 150 each + 85 per assignment',
    },
    { mesh: 'kong', of: 'Listeners', formula: 'ports of destinations + inbound ports + 6' },
    { mesh: 'kong', of: 'Clusters', formula: 'ports of destinations + inbound ports + 7' },
    {
      mesh: 'kong',
      of: 'Routes',
      formula: 'HTTP ports of destinations, or the matches of their MeshHTTPRoutes + inbound ports + 5',
    },
    {
      mesh: 'kong',
      of: 'Endpoints',
      formula: 'pods of each port, once for every Service that sends to the same port of theirs',
    },
    {
      mesh: 'kong',
      of: 'Bytes',
      formula: `clusters 590 + ${mtls ? 544 : 236} each; listeners with their routes 2,780 + 855 each + 195 per further route; 970 per endpoint; 1,150 per inbound port`,
    },
  ];
}
