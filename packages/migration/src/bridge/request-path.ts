import { isUndivided } from './destination-rules.ts';
import type { BridgedPort, BridgedService, BridgeFacts } from './facts.ts';
import { bridgeNamespace, endpointOf, openPorts } from './into-istio.ts';
import { hasShares } from './into-kong.ts';
import { connectionHost, connectionPorts, gatewayHost, streamPort } from './kong-gateway.ts';
import { hasPodsInIstio, hasPodsInKong, type ProgressOf } from './progress.ts';
import { ownTrustDomain } from './settings.ts';
import { crossingWays, type Way } from './way.ts';

/** One station of a request. */
export interface Hop {
  readonly name: string;
  readonly kind: 'application' | 'sidecar' | 'gateway' | 'zone-egress';
  readonly mesh: 'istio' | 'kong' | 'none';
  /** How the request comes to it; absent for the first. */
  readonly arrival?: 'loopback' | 'plaintext' | 'mtls' | 'tls';
  /** Whether TLS ends at it. */
  readonly endsTls: boolean;
  /** The SPIFFE ID that it sees of whoever calls, or in words; absent where it sees none. */
  readonly sees?: string;
  readonly note?: string;
}

/** One way that requests take, with the share of them that do. */
export interface RequestRoute {
  readonly share: number;
  readonly from: 'istio' | 'kong';
  readonly to: 'istio' | 'kong';
  /** In a sentence. */
  readonly sentence: string;
  /** Why no request comes through; its hops end where it is refused. */
  readonly closed?: string;
  readonly hops: readonly Hop[];
  /** The identity that the server sees; undefined where it sees none. */
  readonly identity?: string;
}

/** How a request of one service to another travels while both stand where they do. */
export interface RequestPath {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly host: string;
  readonly routes: readonly RequestRoute[];
}

type Mesh = RequestRoute['from'];

const idOf = (domain: string, account: string | undefined): string => {
  const [namespace = '?', name = '?'] = (account ?? '').split('/');
  return `spiffe://${domain}/ns/${namespace}/sa/${name}`;
};

interface Ends {
  readonly facts: BridgeFacts;
  readonly caller: BridgedService | undefined;
  readonly callee: BridgedService;
  readonly port: BridgedPort;
  readonly from: string;
}

const identityOf = ({ facts, caller }: Ends, mesh: Mesh): string =>
  caller === undefined
    ? 'the ingress gateway of Istio'
    : idOf(mesh === 'istio' ? facts.trust.trustDomain : ownTrustDomain(facts.input.names), caller.accounts[0]);

const starting = ({ from, caller }: Ends, mesh: Mesh): Hop[] =>
  caller === undefined
    ? [{ name: from, kind: 'gateway', mesh: 'istio', endsTls: true, note: 'where the request enters' }]
    : [
        { name: from, kind: 'application', mesh: 'none', endsTls: false },
        { name: `sidecar of ${from}`, kind: 'sidecar', mesh, arrival: 'loopback', endsTls: false },
      ];

function arriving({ callee }: Ends, mesh: Mesh, identity: string | undefined): Hop[] {
  return [
    {
      name: `sidecar of ${callee.id}`,
      kind: 'sidecar',
      mesh,
      arrival: identity === undefined ? 'plaintext' : 'mtls',
      endsTls: identity !== undefined,
      ...(identity === undefined ? { note: 'it sees no identity' } : { sees: identity }),
    },
    { name: callee.id, kind: 'application', mesh: 'none', arrival: 'loopback', endsTls: false },
  ];
}

function within(ends: Ends, mesh: Mesh, share: number): RequestRoute {
  const { callee, from } = ends;
  // Both meshes make mTLS among their own pods by themselves, whether or not it is demanded.
  const identity = identityOf(ends, mesh);
  return {
    share,
    from: mesh,
    to: mesh,
    sentence: `Within ${mesh === 'istio' ? 'Istio' : 'Kong Mesh'}: ${from} calls ${callee.id} with the mesh's mTLS.`,
    hops: [...starting(ends, mesh), ...arriving(ends, mesh, identity)],
    identity,
  };
}

function across(ends: Ends, from: Mesh, way: Way, share: number): RequestRoute {
  const { facts, callee, port } = ends;
  const to: Mesh = from === 'istio' ? 'kong' : 'istio';
  const { kind, sentence, reason } = way;
  const common = { share, from, to, sentence };
  const own = ownTrustDomain(facts.input.names);
  switch (kind) {
    case 'closed':
      return { ...common, closed: reason ?? '', hops: starting(ends, from) };
    case 'direct-plaintext':
      return { ...common, hops: [...starting(ends, from), ...arriving(ends, to, undefined)] };
    case 'direct-mtls': {
      const identity = identityOf(ends, from);
      return { ...common, hops: [...starting(ends, from), ...arriving(ends, to, identity)], identity };
    }
    case 'kong-gateway': {
      const identity = `spiffe://${own}/ns/${facts.input.settings.gatewayNamespace}/sa/… of Kong Gateway`;
      const isConnection = connectionPorts(callee).includes(port);
      return {
        ...common,
        hops: [
          ...starting(ends, from),
          {
            name: isConnection
              ? `Kong Gateway at ${gatewayHost(facts)}:${streamPort}`
              : `Kong Gateway at ${gatewayHost(facts)}`,
            kind: 'gateway',
            mesh: 'kong',
            arrival: 'tls',
            endsTls: true,
            note: isConnection
              ? `it sees no identity of the caller, and knows the port by the server name ${connectionHost(callee, port, facts)}`
              : 'it sees no identity of the caller',
          },
          ...arriving(ends, to, identity),
        ],
        identity,
      };
    }
    case 'external-service': {
      const identity = idOf(facts.trust.trustDomain, `${bridgeNamespace}/from-kong`);
      return {
        ...common,
        hops: [
          ...starting(ends, from),
          {
            name: 'zone egress',
            kind: 'zone-egress',
            mesh: 'kong',
            arrival: 'mtls',
            endsTls: true,
            sees: identityOf(ends, from),
            note: 'it decides who may call',
          },
          {
            name: `bridge gateway at ${endpointOf(callee, port, facts)}`,
            kind: 'gateway',
            mesh: 'istio',
            arrival: 'tls',
            endsTls: true,
            sees: "the zone egress's client certificate",
            note: 'it gives the request its original host back',
          },
          ...arriving(ends, to, identity),
        ],
        identity,
      };
    }
  }
}

/** The way of calls of one port: closed where it is open for others only. */
const wayOfPort = (way: Way, callee: BridgedService, port: BridgedPort, facts: BridgeFacts): Way =>
  way.kind !== 'external-service' || openPorts(callee, facts).includes(port)
    ? way
    : { ...way, kind: 'closed', reason: way.cautions.find((text) => text.startsWith(`Port ${port.port} `)) ?? '' };

/**
 * The path of a request from a service, or a Gateway of Istio, to another service with both as far as they have come: a route for
 * each pair of meshes that requests go between, with its share of them. Undefined where the callee, or its port, is not known.
 * Pods of a caller in both meshes are taken as its share says.
 */
export function requestPath(
  facts: BridgeFacts,
  progressOf: ProgressOf,
  { from, to, port: wanted }: { readonly from: string; readonly to: string; readonly port?: number | undefined },
): RequestPath | undefined {
  const callee = facts.services.get(to);
  const port = callee?.ports.find((one) => wanted === undefined || one.port === wanted);
  if (callee === undefined || port === undefined) return undefined;
  const gateway = (facts.callsTo.get(to) ?? []).some((call) => call.gateway && call.from === from);
  const caller = gateway ? undefined : facts.services.get(from);
  if (caller === undefined && !gateway) return undefined;
  const ends: Ends = { facts, caller, callee, port, from };
  // A call that no evidence shows has a way all the same.
  const ways = crossingWays(facts, progressOf, [{ from, to, gateway }]);
  const wayOf = (direction: Way['direction']): Way | undefined => ways.find((one) => one.direction === direction);
  const callerProgress = caller === undefined ? undefined : progressOf(caller.id);
  const calleeProgress = progressOf(to);
  // Connections that nobody divides go by the number of pods, of which a double has as many.
  const calleeShare =
    callee.shiftable &&
    isUndivided(callee, port, facts) &&
    hasPodsInKong(calleeProgress) &&
    hasPodsInIstio(calleeProgress)
      ? 50
      : hasShares(callee, facts) || !hasPodsInIstio(calleeProgress)
        ? calleeProgress.share
        : 0;
  const kongCallers = callerProgress === undefined ? 0 : callerProgress.share;
  const istioCallers = callerProgress === undefined || hasPodsInIstio(callerProgress) ? 100 - kongCallers : 0;
  const percent = (a: number, b: number): number => Math.round((a * b) / 100);
  const routes: RequestRoute[] = [];
  if (istioCallers > 0 || (callerProgress !== undefined && hasPodsInIstio(callerProgress))) {
    const way = wayOf('to-kong');
    // Between clusters the routes of a service that is closed stay as they are, for as long as it is in Istio.
    const isKept = way?.kind === 'closed' && facts.input.settings.topology === 'separate-clusters';
    const taken = way === undefined || (isKept && hasPodsInIstio(calleeProgress)) ? 0 : calleeShare;
    if (hasPodsInIstio(calleeProgress)) routes.push(within(ends, 'istio', percent(istioCallers, 100 - taken)));
    if (way !== undefined) routes.push(across(ends, 'istio', way, percent(istioCallers, taken)));
  }
  if (callerProgress !== undefined && hasPodsInKong(callerProgress)) {
    // Callers in Kong Mesh change over at once, with the cut-over.
    const toIstio = wayOf('to-istio');
    if (toIstio !== undefined) routes.push(across(ends, 'kong', wayOfPort(toIstio, callee, port, facts), kongCallers));
    else routes.push(within(ends, 'kong', kongCallers));
  }
  return { from, to, port: port.port, host: callee.hosts[0] ?? '', routes };
}

/** Text within quotes of a Mermaid label: all that could end it or mean something becomes a character reference. */
const label = (text: string): string =>
  text.replace(/[^A-Za-z0-9 .,:/()_-]/gu, (character) => `#${character.codePointAt(0)};`);

const arrivals: Readonly<Record<NonNullable<Hop['arrival']>, string>> = {
  loopback: 'within the pod',
  plaintext: 'plaintext',
  mtls: 'mTLS of the mesh',
  tls: 'TLS',
};

/** The routes of a request as a Mermaid flowchart, one row for each; the same path gives the same text. */
export function pathDiagram({ routes }: RequestPath): string {
  const lines = routes.flatMap(({ share, hops, closed }, route) => {
    const nodes = hops.map(({ name, mesh, sees }, index) => {
      const seen = sees === undefined ? '' : `<br/>sees ${label(sees)}`;
      return `    r${route}h${index}["${label(name)}${seen}"]:::${mesh === 'none' ? 'plain' : mesh}`;
    });
    const edges = hops.slice(1).map(({ arrival = 'plaintext', endsTls }, index) => {
      const ends = endsTls ? ', ends here' : '';
      return `    r${route}h${index} -->|"${arrivals[arrival]}${ends}"| r${route}h${index + 1}`;
    });
    const end =
      closed === undefined
        ? []
        : [`    r${route}x["no way: ${label(closed)}"]:::closed`, `    r${route}h${hops.length - 1} -.-x r${route}x`];
    return [
      `  subgraph route${route}["${share} % of the requests"]`,
      '    direction LR',
      ...nodes,
      ...end.slice(0, 1),
      ...edges,
      ...end.slice(1),
      '  end',
    ];
  });
  return `${['flowchart TB', ...lines].join('\n')}\n`;
}
