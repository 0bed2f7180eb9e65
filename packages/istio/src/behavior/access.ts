import type { Access } from '@isthmus/behavior';
import { isList, isMap, type JsonObject } from '@isthmus/kubernetes';
import { type AuthorizationPolicy, type Constraint, isHttpOnly, type Rule } from '../effective/authorization-policy.ts';
import { readByIstio } from '../effective/discovery.ts';
import { meshDefaults, readMeshSettings } from '../effective/mesh-settings.ts';
import { effectiveMtls, type MtlsMode, readPeerAuthentication } from '../effective/peer-authentication.ts';
import { scopeOf, selects } from '../effective/policy-scope.ts';
import { readAuthorizationPolicy } from '../effective/read-authorization-policy.ts';
import { type Trust, trustOf } from '../effective/trust.ts';
import type { Estate } from '../estate.ts';
import { indexServices } from '../services.ts';
import { checkTokens, jwtRulesOf } from './access-tokens.ts';
import { constraintHolds, type Facts } from './access-values.ts';
import { isAddress } from './address.ts';
import type { Approach } from './approach.ts';
import { receivedPath } from './received-path.ts';

/** The workload that is approached. */
export interface AccessServer {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

type Protocol = 'http' | 'tcp' | 'detected';

const httpProtocols = new Set(['http', 'http2', 'grpc', 'grpc-web']);

/** How the ports of a workload speak, by the Services that send to them; a port of none is found out by its bytes. */
function protocolsOf(estate: Estate, server: AccessServer, clusterDomain: string): Map<number, Protocol> {
  const protocols = new Map<number, Protocol>();
  for (const service of indexServices(estate, clusterDomain).all) {
    const { selector } = service;
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    if (!selects({ namespace: service.namespace, labels: selector }, server)) continue;
    const spec = isMap(service.resource.object.spec) ? service.resource.object.spec : {};
    for (const value of isList(spec.ports) ? spec.ports : []) {
      const { port, targetPort } = isMap(value) ? value : {};
      const protocol = service.ports.find((one) => one.port === port)?.protocol;
      const target = targetPort ?? port;
      if (typeof target === 'number')
        protocols.set(target, protocol === undefined ? 'detected' : httpProtocols.has(protocol) ? 'http' : 'tcp');
    }
  }
  return protocols;
}

/** Whether TLS ends at the sidecar: always in mode STRICT, for clients of Istio in mode PERMISSIVE, never in mode DISABLE. */
function endsTls(mode: MtlsMode, { tls, alpn = [] }: Approach): boolean {
  if (tls === 'none' || mode === 'DISABLE') return false;
  return mode === 'STRICT' || alpn.some((protocol) => protocol.startsWith('istio'));
}

function matches(rule: Rule, facts: Facts, policy: AuthorizationPolicy, trust: Trust): boolean {
  const allowing = policy.action === 'ALLOW';
  const context = { trust, namespace: policy.namespace };
  const isLost = ({ attribute }: Constraint): boolean => facts.http === undefined && isHttpOnly(attribute);
  const holds = (constraint: Constraint): boolean => isLost(constraint) || constraintHolds(constraint, facts, context);
  const parts = [rule.from, rule.to];
  // Without HTTP an allowing rule with anything of it never matches, and a denying one ignores it (model.go checkError, 1.32).
  const all = [...parts.flat().flatMap(({ constraints }) => constraints), ...rule.when];
  if (allowing && all.some(isLost)) return false;
  return (
    parts.every((part) => part.length === 0 || part.some(({ constraints }) => constraints.every(holds))) &&
    rule.when.every(holds)
  );
}

function authorize(policies: readonly AuthorizationPolicy[], facts: Facts, trust: Trust): boolean {
  const of = (action: AuthorizationPolicy['action']): AuthorizationPolicy[] =>
    policies.filter((policy) => policy.action === action && !policy.dryRun && !policy.attached);
  const hits = (policy: AuthorizationPolicy): boolean =>
    policy.rules.some((rule) => matches(rule, facts, policy, trust));
  if (of('DENY').some(hits)) return false;
  const allowing = of('ALLOW');
  return allowing.length === 0 || allowing.some(hits);
}

/** The last entry of `x-forwarded-for` that is an address, else the address of the connection (verified by running 1.32). */
function remoteAddress({ address, request }: Approach): string | undefined {
  const last = request?.headers['x-forwarded-for']?.join(',').split(',').at(-1)?.trim();
  return last !== undefined && isAddress(last) ? last : address;
}

interface Compiled {
  readonly trust: Trust;
  readonly policies: readonly AuthorizationPolicy[];
  readonly rules: readonly JsonObject[];
  readonly modeOf: (port: number) => MtlsMode;
  readonly protocolOf: (port: number) => Protocol;
  /** The path that rules compare; a path that the proxy would refuse stays as it is. */
  readonly pathOf: (path: string) => string;
}

function speaksHttp({ protocolOf }: Compiled, approach: Approach, ended: boolean): boolean {
  const protocol = protocolOf(approach.port);
  if (protocol !== 'detected') return protocol === 'http';
  if (approach.request === undefined) return false;
  return !ended || approach.alpn?.some((name) => /^istio-h(ttp\/1\.[01]|2)$/.test(name)) === true;
}

function decide(compiled: Compiled, approach: Approach): Access {
  const { trust } = compiled;
  const mode = compiled.modeOf(approach.port);
  const ended = endsTls(mode, approach);
  const http = speaksHttp(compiled, approach, ended);
  if (mode === 'STRICT' && approach.tls === 'none') return { outcome: 'refused', reason: 'mTLS is demanded' };
  if (approach.tls !== 'none' && !ended && http)
    return { outcome: 'refused', reason: 'TLS is not ended here, and the port takes it for a bad request' };
  const uris = approach.certificate?.uris ?? [];
  if (ended) {
    if (approach.tls === 'tls') return { outcome: 'refused', reason: 'there is no client certificate' };
    const domains = [trust.trustDomain, ...trust.aliases, ...trust.foreign];
    if (!uris.some((name) => domains.some((domain) => name.startsWith(`spiffe://${domain}/`))))
      return { outcome: 'refused', reason: 'the certificate is of no accepted trust domain' };
  }
  const [name] = ended ? uris : [];
  const request = http ? approach.request : undefined;
  const tokens = checkTokens(http ? compiled.rules : [], approach);
  if (tokens.kind === 'failed') return { outcome: 'denied', status: tokens.status };
  const facts: Facts = {
    identity: name?.replace(/^spiffe:\/\//, ''),
    address: approach.address,
    remoteAddress: remoteAddress(approach),
    port: approach.port,
    // Without an inspector of TLS nobody reads the server name.
    serverName: mode === 'DISABLE' ? '' : (approach.sni ?? ''),
    http: request && { ...request, path: compiled.pathOf(request.path), claims: tokens.claims },
  };
  if (!authorize(compiled.policies, facts, trust)) return { outcome: 'denied', ...(http ? { status: 403 } : {}) };
  // The application gets the bytes as they are: a client's own TLS is for it, a sidecar's is not.
  if (approach.tls === 'mtls' && !ended)
    return { outcome: 'refused', reason: 'the application does not understand mTLS' };
  return { outcome: 'allowed', by: 'rules' };
}

/**
 * Who gets through to a workload in Istio: transport by PeerAuthentications, tokens by RequestAuthentications, access by
 * AuthorizationPolicies, in the order in which a sidecar asks them (security.md 2). External authorizers are not asked.
 */
export function compileAccess(
  whole: Estate,
  server: AccessServer,
  options: { readonly rootNamespace: string; readonly clusterDomain: string },
): (approach: Approach) => Access {
  const { rootNamespace, clusterDomain } = options;
  const estate = readByIstio(whole, rootNamespace);
  const trust = trustOf(estate, { rootNamespace, trustDomain: clusterDomain });
  const mesh = readMeshSettings(estate, { ...meshDefaults, clusterDomain, rootNamespace });
  const ofKind = (kind: string) =>
    estate.istio.filter((resource) => resource.kind === kind && resource.group === 'security.istio.io');
  const peers = ofKind('PeerAuthentication').map((one) => readPeerAuthentication(one, trust.rootNamespace));
  const mtls = effectiveMtls(peers, server);
  const protocols = protocolsOf(estate, server, clusterDomain);
  const authentications = ofKind('RequestAuthentication').filter((one) =>
    selects(scopeOf(one, trust.rootNamespace), server),
  );
  const compiled: Compiled = {
    trust,
    policies: ofKind('AuthorizationPolicy')
      .map((one) => readAuthorizationPolicy(one, trust.rootNamespace))
      .filter(({ scope }) => selects(scope, server)),
    rules: jwtRulesOf(authentications),
    modeOf: (port) => mtls.ports.get(String(port)) ?? mtls.mode,
    protocolOf: (port) => protocols.get(port) ?? 'detected',
    // Listeners of both directions normalise alike (istio, pilot/pkg/networking/core/listener_builder.go, 1.32).
    pathOf: (path) => receivedPath(mesh, path) ?? path,
  };
  return (approach) => decide(compiled, approach);
}
