import type { Access, Arrival, ClientCertificate, Rule } from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { type ClientView, readClients } from './client-view.ts';
import { isHttp } from './destination.ts';
import { forEveryone, rulesOf } from './inbound-rules.ts';
import { label } from './labels.ts';
import { readNamespaces } from './namespaces.ts';
import type { MeshOptions } from './options.ts';
import { allowedSubsets, matchesSubset } from './permission-from.ts';
import { type Policy, readPolicy } from './policy.ts';
import { comparePolicies } from './precedence.ts';
import { isInbound, readPatches, unknownAccess } from './proxy-patch.ts';
import { candidates, indexBySelection, selectsInbound } from './selection.ts';
import { meshAuthority, type RootName, readTrust, type Trust } from './trust.ts';
import { filledOf, listOf, mapOf } from './value.ts';
import { type Inbound, readInbounds, type Workload } from './workload.ts';

type Mode = 'Strict' | 'Permissive';

/** One condition of a MeshTrafficPermission: all that it names together. */
interface Match {
  readonly identity?: NamedIdentity;
  readonly sni?: string;
}

/** A SPIFFE ID that a condition names, or the text that some start with. */
export interface NamedIdentity {
  readonly exact: boolean;
  readonly value: string;
}

/** What one list of conditions of a rule says. */
interface Permission {
  readonly allows: boolean;
  readonly matches: readonly Match[];
  readonly rule: Rule;
}

/** How the proxies of a group of workloads take connections on a port. */
export interface PortAccess {
  readonly port: number;
  readonly protocol: string;
  /** Undefined: there is no TLS on the side of the mesh. */
  readonly mode: Mode | undefined;
  /** Why the proxy refuses the port's listener, so that the catch-all takes its connections. */
  readonly refused?: string;
  /** The identities that the rules tell apart, each once; none where the older `from` decides. */
  readonly identities: readonly NamedIdentity[];
  /** The policies that decide, the weakest first. */
  readonly policies: readonly Rule[];
  /** Whether the rules let in a client whose certificate is trusted. */
  readonly judge: (certificate: ClientCertificate, sni: string | undefined) => { allowed: boolean; rule?: Rule };
}

/** Who gets in to a group of workloads. */
export interface WorkloadAccess {
  readonly ports: readonly PortAccess[];
  /** What the group's own proxies show: a certificate of a MeshIdentity or of the Mesh, or none. */
  readonly shows: Trust['kind'];
  /** Its SPIFFE ID by a MeshIdentity; undefined without one, and where what it is made of is not known. */
  readonly id: string | undefined;
  /** A MeshProxyPatch that may change who gets in, which is not followed, and whether it may let in what was refused. */
  readonly unknown?: { readonly reason: string; readonly opens: boolean };
  decide(arrival: Arrival): Access;
}

/** A group's own parts of the mesh. */
interface Scene {
  readonly options: MeshOptions;
  readonly view: ClientView;
  readonly inbounds: readonly Inbound[];
  readonly trust: Trust;
  /** The policies of both kinds that may be for the group, the weakest first. */
  readonly permissions: readonly Policy[];
  readonly tls: readonly Policy[];
}

const selectedOn = (policies: readonly Policy[], inbound: Inbound, { view }: Scene): Policy[] =>
  policies.filter((policy) => selectsInbound(policy, view, inbound));

function matchOf(value: Json, { version }: MeshOptions): Match {
  const { spiffeID, sni } = mapOf(value);
  const id = filledOf(mapOf(spiffeID).value);
  // 2.13 prunes the name.
  const name = version === '2.13' ? undefined : filledOf(mapOf(sni).value);
  return {
    ...(id === undefined ? {} : { identity: { exact: mapOf(spiffeID).type !== 'Prefix', value: id } }),
    ...(name === undefined ? {} : { sni: name }),
  };
}

const isEmpty = ({ identity, sni }: Match): boolean => identity === undefined && sni === undefined;

/** The lists of conditions of policies in the order in which the proxy asks them: all that deny before all that allow. */
function permissionsOf(policies: readonly Policy[], options: MeshOptions): Permission[] {
  const rules = policies.flatMap(({ kind, namespace, name, spec }) =>
    listOf(spec.rules).map((item, index) => {
      const conf = mapOf(mapOf(item).default);
      const read = (list: string): Match[] => listOf(conf[list]).map((match) => matchOf(match, options));
      const rule: Rule = { kind, namespace, name, path: `spec.rules[${index}]` };
      return {
        deny: read('deny'),
        allow: [...read('allow'), ...read('allowWithShadowDeny')],
        shadow: read('allowWithShadowDeny'),
        rule,
      };
    }),
  );
  return [
    ...rules.map(({ deny, rule }) => ({ allows: false, matches: deny, rule })),
    ...rules.map(({ allow, rule }) => ({ allows: true, matches: allow, rule })),
  ];
}

/**
 * Whether Envoy refuses the listener: a list of which every condition is empty becomes a matcher without a condition
 * (security.md 1.6, verified by running 2.14).
 */
function refusalOf(policies: readonly Policy[], options: MeshOptions): string | undefined {
  for (const { spec } of policies)
    for (const item of listOf(spec.rules)) {
      const conf = mapOf(mapOf(item).default);
      const read = (list: string): Match[] => listOf(conf[list]).map((match) => matchOf(match, options));
      const [deny, allow, shadow] = [read('deny'), read('allow'), read('allowWithShadowDeny')];
      for (const list of [deny, [...allow, ...shadow], shadow])
        if (list.length > 0 && list.every(isEmpty)) return 'a list of conditions has only empty ones';
    }
  return undefined;
}

function meets(match: Match, { uris }: ClientCertificate, sni: string | undefined): boolean {
  if (isEmpty(match)) return false;
  // Envoy joins the names of a certificate before it compares them.
  const names = uris.join(',');
  const { identity } = match;
  if (identity !== undefined && (identity.exact ? names !== identity.value : !names.startsWith(identity.value)))
    return false;
  return match.sni === undefined || match.sni === sni;
}

function judgeByRules(permissions: readonly Permission[]): PortAccess['judge'] {
  return (certificate, sni) => {
    const found = permissions.find(({ matches }) => matches.some((match) => meets(match, certificate, sni)));
    return found === undefined ? { allowed: false } : { allowed: found.allows, rule: found.rule };
  };
}

function judgeByTags(policies: readonly Policy[], mesh: string): PortAccess['judge'] {
  const subsets = allowedSubsets(policies);
  return ({ uris }) => ({ allowed: subsets.some((subset) => matchesSubset(subset, uris, mesh)) });
}

/** The mode of a port: a MeshTLS policy's, else that of the identity, else the Mesh's (meshtls `getMeshTLSMode`). */
function modeOf(scene: Scene, inbound: Inbound): Mode {
  const { options, trust } = scene;
  const question = { fromAsRules: true, matching: false, version: options.version };
  const rules = selectedOn(scene.tls, inbound, scene).flatMap((policy) => rulesOf(policy, question));
  const given = filledOf(forEveryone(rules)?.conf.mode);
  if (given !== undefined) return given === 'Permissive' ? 'Permissive' : 'Strict';
  return trust.kind === 'identity' ? 'Strict' : (trust.meshMode ?? 'Strict');
}

function portOf(scene: Scene, inbound: Inbound): PortAccess {
  const { options, trust } = scene;
  const { port, protocol } = inbound;
  const mode = trust.kind === 'none' ? undefined : modeOf(scene, inbound);
  const policies = selectedOn(scene.permissions, inbound, scene);
  const hasRules = policies.some(({ spec }) => listOf(spec.rules).length > 0);
  // With a MeshIdentity 2.14 reads only rules; 2.13 still reads the older form.
  const older = options.version !== '3.0' && !hasRules && (trust.kind !== 'identity' || options.version === '2.13');
  const refused = older || trust.kind === 'none' ? undefined : refusalOf(policies, options);
  const permissions = older ? [] : permissionsOf(policies, options);
  const judge = older ? judgeByTags(policies, options.mesh) : judgeByRules(permissions);
  const named = permissions.flatMap(({ matches }) => matches.flatMap(({ identity }) => identity ?? []));
  return {
    port,
    protocol,
    mode,
    ...(refused === undefined ? {} : { refused }),
    identities: [...new Map(named.map((one) => [`${one.exact} ${one.value}`, one])).values()],
    policies: policies.map(({ kind, namespace, name }) => ({ kind, namespace, name, path: 'spec' })),
    judge,
  };
}

/** Whether only declared ports are taken: the last inbound's mode decides (security.md 1.5). */
function takesOnlyDeclared(scene: Scene): boolean {
  const { trust, inbounds, tls } = scene;
  const last = inbounds.at(-1);
  if (trust.kind === 'none' || last === undefined) return false;
  const speaks = trust.kind === 'identity' || inbounds.some((inbound) => selectedOn(tls, inbound, scene).length > 0);
  return speaks ? modeOf(scene, last) === 'Strict' : trust.meshMode === 'Strict';
}

const trustDomainOf = (uri: string): string => /^spiffe:\/\/([^/]*)/.exec(uri)?.[1] ?? '';

/**
 * Why a certificate is not accepted; undefined where it is. As soon as there is a MeshTrust, the bundle of the certificate's
 * trust domain alone decides, for proxies that show the Mesh's own certificate too: these then take clients of every trusted
 * domain (kuma, pkg/xds/envoy/tls/v3/tls.go `createCommonTlsContext`, 2.14).
 */
function distrustOf({ trust, options }: Scene, { uris, issuer }: ClientCertificate): string | undefined {
  const [first = ''] = uris;
  // The Mesh's own authority is alone where there is no MeshTrust.
  if (trust.kind === 'identity' || trust.issuers.size > 1) {
    const domain = trustDomainOf(first);
    const bundle = trust.issuers.get(domain);
    if (bundle === undefined) return `no trust bundle for the trust domain ${domain}`;
    return bundle.has(issuer) ? undefined : 'the root of the certificate is not trusted';
  }
  if (issuer !== meshAuthority) return 'the root of the certificate is not trusted';
  return uris.some((uri) => uri.startsWith(`spiffe://${options.mesh}/`))
    ? undefined
    : "the certificate's name is not of the mesh";
}

const refuse = (reason: string): Access => ({ outcome: 'refused', reason });

/** TLS that is not ended here: what an application gets that did not ask for it. */
const untouched = (tls: Arrival['tls']): Access =>
  tls === 'mtls'
    ? refuse('TLS is not ended here, and the application gets it as it is')
    : { outcome: 'allowed', by: 'passthrough' };

function withoutMeshTls({ protocol }: PortAccess, { tls }: Arrival): Access {
  if (tls === 'none') return { outcome: 'allowed', by: 'plaintext' };
  return isHttp(protocol)
    ? refuse('TLS is not ended here, and the HTTP port takes it for a bad request')
    : untouched(tls);
}

function withMeshTls(scene: Scene, port: PortAccess, { tls, certificate, sni }: Arrival): Access {
  if (tls === 'none') return refuse('plaintext where TLS is expected');
  if (tls === 'tls' || certificate === undefined) return refuse('no client certificate');
  const distrust = distrustOf(scene, certificate);
  if (distrust !== undefined) return refuse(distrust);
  const { allowed, rule } = port.judge(certificate, sni);
  const by = rule === undefined ? {} : { rule };
  if (allowed) return { outcome: 'allowed', by: 'rules', ...by };
  return { outcome: 'denied', ...(isHttp(port.protocol) ? { status: 403 } : {}), ...by };
}

function decideFor(scene: Scene, ports: readonly PortAccess[], arrival: Arrival): Access {
  const port = ports.find((one) => one.port === arrival.port);
  if (port === undefined || port.refused !== undefined) {
    // The catch-all knows the declared ports, whatever became of their own listeners.
    if (port === undefined && takesOnlyDeclared(scene)) return refuse('no listener takes the port');
    return untouched(arrival.tls);
  }
  const isMeshTls = arrival.tls !== 'none' && arrival.alpn?.includes('kuma') === true;
  if (port.mode === undefined || (port.mode === 'Permissive' && !isMeshTls)) return withoutMeshTls(port, arrival);
  return withMeshTls(scene, port, arrival);
}

/** Who gets in to the workloads of a mesh. */
export interface KongMeshAccess {
  of(workload: Workload): WorkloadAccess;
  /**
   * Whether zone egresses may hand on what a client calls, which they deny by default from 2.14 on; before that nobody asks
   * (security.md 4.3.2).
   */
  egress(certificate: ClientCertificate, sni: string | undefined): boolean;
}

/** The label of the Dataplanes of zone egresses (kuma, mesh-scoped zone proxies, 2.14). */
const zoneEgress = { 'kuma.io/listener-zoneegress': 'enabled' };

export interface AccessOptions extends MeshOptions {
  /** Names roots by their PEM text, as `ClientCertificate.issuer` does; absent: the text itself. */
  readonly rootName?: RootName;
}

/**
 * Compiles who gets in to workloads: MeshTrafficPermission, MeshTLS, MeshIdentity, MeshTrust and the Mesh's own mTLS, from
 * resources and from the Services and Pods that they protect (security.md 1; kuma, 2.14 held against its recorded answers).
 * A MeshIdentity counts as ready, and the listeners as those of a fresh proxy.
 */
export function compileKongMeshAccess(objects: readonly JsonObject[], options: AccessOptions): KongMeshAccess {
  const namespaces = readNamespaces(objects, options);
  const inboundsOf = readInbounds(objects, namespaces, options);
  const viewOf = readClients(objects, options);
  const trustOf = readTrust(objects, options, options.rootName ?? ((pem) => pem));
  const policiesOf = (kind: string): ((view: ClientView) => Policy[]) => {
    const policies = objects
      .filter((object) => object.kind === kind)
      .map((object) => readPolicy(object, namespaces, options))
      .filter((policy) => policy !== undefined);
    const index = indexBySelection(policies, (policy) => policy);
    return (view) => candidates(index, view).sort(comparePolicies);
  };
  const permissionsFor = policiesOf('MeshTrafficPermission');
  const tlsFor = policiesOf('MeshTLS');
  const patchesFor = readPatches(
    objects
      .filter(({ kind }) => kind === 'MeshProxyPatch')
      .flatMap((one) => readPolicy(one, namespaces, options) ?? []),
    options,
    isInbound,
  );
  let egress: PortAccess['judge'] | undefined;
  const judgeOfEgress = (): PortAccess['judge'] => {
    const view = viewOf({ namespace: options.systemNamespace, labels: zoneEgress });
    const own = permissionsFor(view).filter((policy) => selectsInbound(policy, view, { section: '', tags: {} }));
    return judgeByRules(permissionsOf(own, options));
  };
  return {
    egress(certificate, sni) {
      if (options.version === '2.13') return true;
      egress ??= judgeOfEgress();
      return egress(certificate, sni).allowed;
    },
    of(workload) {
      const { namespace, labels, serviceAccount } = workload;
      const account = serviceAccount === undefined ? {} : { [label.serviceAccount]: serviceAccount };
      const view = viewOf({ namespace, labels: { ...labels, ...account } });
      const inbounds = inboundsOf(workload);
      const [permissions, tls] = [permissionsFor(view), tlsFor(view)];
      const scene: Scene = { options, view, inbounds, trust: trustOf(view.labels), permissions, tls };
      const ports = inbounds.map((inbound) => portOf(scene, inbound));
      const { kind: shows, id } = scene.trust;
      const unknown = unknownAccess(patchesFor(view));
      return {
        ports,
        shows,
        id,
        ...(unknown === undefined ? {} : { unknown }),
        decide: (arrival) => decideFor(scene, ports, arrival),
      };
    },
  };
}
