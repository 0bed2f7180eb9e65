import { codes } from '@isthmus/diagnostics';
import { byAge, type MtlsMode, overlaps, type PeerAuthentication, type PolicyScope, selects } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { child, descend, rootField } from '../../field.ts';
import type { SecurityView } from '../../security/view.ts';

/** What holds for the workloads of a scope: their mode, and ports with a mode of their own by number. */
export interface Level {
  /** `mtls-<rank>-…`: of several MeshTLS for one proxy, the one with the smaller name wins. */
  readonly rank: 1 | 2 | 3 | 4;
  readonly name: string;
  readonly scope: PolicyScope;
  /** Undefined where only ports are said. */
  readonly mode: MtlsMode | undefined;
  readonly ports: ReadonlyMap<string, MtlsMode>;
  /** Whether mTLS may be off, for the workload (`''`) and for ports: also where another mode is emitted because ages are unknown. */
  readonly off: ReadonlySet<string>;
  /** The policy that says so; undefined for what follows from several, or from none. */
  readonly policy: PeerAuthentication | undefined;
}

const strictness: Record<MtlsMode, number> = { DISABLE: 0, PERMISSIVE: 1, STRICT: 2 };
const stricter = (a: MtlsMode, b: MtlsMode): MtlsMode => (strictness[a] >= strictness[b] ? a : b);

const nameOf = ({ resource }: PeerAuthentication): string => resource.name;

function reportContested(context: Context, policies: readonly PeerAuthentication[]): void {
  const names = policies.map(nameOf).sort().join(', ');
  for (const { resource } of policies) {
    const field = child(rootField(resource), 'spec');
    if (field === undefined) context.report(codes.peerAuthentication.contested, { names }, resource);
    else context.approximate(field, undefined, codes.peerAuthentication.contested, { names });
  }
}

const agesKnown = (policies: readonly PeerAuthentication[]): boolean =>
  policies.every(({ created }) => created !== undefined);

/** Of several policies of one scope the one that counts, with its mode; where ages are unknown, the strictest mode. */
function choose(
  context: Context,
  policies: readonly PeerAuthentication[],
  inherited: MtlsMode,
  outlived: Set<PeerAuthentication>,
): { policy: PeerAuthentication | undefined; mode: MtlsMode | undefined; off: boolean } {
  const [oldest, ...rest] = [...policies].sort(byAge);
  if (oldest === undefined) return { policy: undefined, mode: undefined, off: false };
  const differ = rest.some(({ mode }) => (mode ?? inherited) !== (oldest.mode ?? inherited));
  if (!differ) return { policy: oldest, mode: oldest.mode, off: oldest.mode === 'DISABLE' };
  if (!agesKnown(policies)) {
    reportContested(context, policies);
    const candidates = policies.map(({ mode }) => mode ?? inherited);
    return { policy: undefined, mode: candidates.reduce(stricter), off: candidates.includes('DISABLE') };
  }
  for (const policy of rest) {
    outlived.add(policy);
    const spec = child(rootField(policy.resource), 'spec');
    context.inert(spec, codes.peerAuthentication.outlived, { other: nameOf(oldest) });
  }
  return { policy: oldest, mode: oldest.mode, off: oldest.mode === 'DISABLE' };
}

function meet(view: SecurityView, a: PeerAuthentication, b: PeerAuthentication, complete: boolean): boolean {
  if (!overlaps(a.scope, b.scope)) return false;
  const both = view
    .workloadsIn(a.scope.namespace)
    .some((workload) => selects(a.scope, workload) && selects(b.scope, workload));
  return both || !complete;
}

/** What two policies for workloads that may be the same say of these. */
function shared(
  context: Context,
  a: PeerAuthentication,
  b: PeerAuthentication,
  inherited: MtlsMode,
): Level | undefined {
  const of = ({ mode, ports }: PeerAuthentication, port: string): MtlsMode => ports.get(port) ?? mode ?? inherited;
  const ports = [...new Set([...a.ports.keys(), ...b.ports.keys()])];
  const differ = [
    (one: PeerAuthentication) => one.mode ?? inherited,
    ...ports.map((port) => (one: PeerAuthentication) => of(one, port)),
  ];
  if (differ.every((read) => read(a) === read(b))) return undefined;
  const [older, younger] = [a, b].sort(byAge) as [PeerAuthentication, PeerAuthentication];
  const known = agesKnown([a, b]);
  if (!known) reportContested(context, [a, b]);
  const off = ['', ...ports].filter((port) => {
    const read = (one: PeerAuthentication): MtlsMode => (port === '' ? (one.mode ?? inherited) : of(one, port));
    return (known ? [older] : [a, b]).some((one) => read(one) === 'DISABLE');
  });
  const decide = (read: (one: PeerAuthentication) => MtlsMode): MtlsMode =>
    known ? read(older) : stricter(read(a), read(b));
  return {
    rank: 1,
    name: [a.scope.namespace ?? '', ...[nameOf(older), nameOf(younger)].sort()].join('-'),
    scope: { namespace: a.scope.namespace, labels: { ...a.scope.labels, ...b.scope.labels } },
    mode: decide((one) => one.mode ?? inherited),
    ports: new Map(ports.map((port) => [port, decide((one) => of(one, port))])),
    off: new Set(off),
    policy: undefined,
  };
}

/** The levels of an estate, and the policies that say nothing because an older one of their level does. */
export interface Levels {
  readonly levels: readonly Level[];
  readonly outlived: ReadonlySet<PeerAuthentication>;
}

/**
 * The levels of an estate's PeerAuthentications with what each says, UNSET resolved. The mesh level stands where a policy
 * is for it, or where the whole estate is known to have none.
 */
export function levelsOf(context: Context, view: SecurityView): Levels {
  const outlived = new Set<PeerAuthentication>();
  const of = (level: PeerAuthentication['level']): PeerAuthentication[] =>
    view.peers.filter((policy) => policy.level === level);
  const levels: Level[] = [];
  const offOf = ({ off }: { off: boolean }): Set<string> => new Set(off ? [''] : []);
  const none: ReadonlyMap<string, MtlsMode> = new Map();
  const mesh = choose(context, of('mesh'), 'PERMISSIVE', outlived);
  const meshMode = mesh.mode ?? 'PERMISSIVE';
  const everything: PolicyScope = { namespace: undefined, labels: {} };
  if (of('mesh').length > 0 || context.settings.complete)
    levels.push({
      rank: 4,
      name: 'mesh',
      scope: everything,
      mode: meshMode,
      ports: none,
      off: offOf(mesh),
      policy: mesh.policy,
    });
  const namespaceModes = new Map<string | undefined, MtlsMode>();
  for (const [namespace, policies] of Map.groupBy(of('namespace'), ({ scope }) => scope.namespace)) {
    const chosen = choose(context, policies, meshMode, outlived);
    const { mode, policy } = chosen;
    if (mode === undefined) continue;
    namespaceModes.set(namespace, mode);
    levels.push({
      rank: 3,
      name: namespace ?? '',
      scope: { namespace, labels: {} },
      mode,
      ports: none,
      off: offOf(chosen),
      policy,
    });
  }
  const workloads = of('workload').sort(byAge);
  for (const [index, policy] of workloads.entries()) {
    const { scope, mode, ports, resource } = policy;
    const inherited = namespaceModes.get(scope.namespace) ?? meshMode;
    levels.push({
      rank: 2,
      name: `${scope.namespace ?? ''}-${resource.name}`,
      scope,
      mode,
      // A port that says what its workload says needs no policy of its own.
      ports: new Map(
        [...ports].filter(
          (entry): entry is [string, MtlsMode] => (entry[1] ?? mode ?? inherited) !== (mode ?? inherited),
        ),
      ),
      off: new Set([
        ...(mode === 'DISABLE' ? [''] : []),
        ...[...ports].flatMap(([port, found]) => (found === 'DISABLE' ? [port] : [])),
      ]),
      policy,
    });
    for (const other of workloads.slice(index + 1)) {
      const found = meet(view, policy, other, context.settings.complete)
        ? shared(context, policy, other, inherited)
        : undefined;
      if (found !== undefined) levels.push(found);
    }
  }
  return { levels, outlived };
}

/** The field that says the mode of a level, or of a port of it. */
export function modeFieldOf(level: Level, port?: string) {
  if (level.policy === undefined) return undefined;
  const spec = child(rootField(level.policy.resource), 'spec');
  return port === undefined ? descend(spec, 'mtls', 'mode') : descend(spec, 'portLevelMtls', port, 'mode');
}
