import type { ServiceRow } from './inventory.ts';

/** Phases of a service in which Kong Mesh serves it, or is to. */
type Phase = string;

/** What the cluster shows of a service. */
export type Shows =
  /** Every ready endpoint is Istio's, or Kong Mesh's, or some are of each. */
  | 'istio'
  | 'kong-mesh'
  | 'both'
  /** Ready endpoints, none of them in a mesh. */
  | 'no-mesh'
  | 'nothing-ready'
  /** The cluster has no such Service. */
  | 'absent';

/** How many of the policies that are emitted for a service the cluster holds. */
export interface PolicyCounts {
  readonly applied: number;
  readonly missing: number;
  readonly changed: number;
}

/** What the cluster shows of one service beside where it is said to stand. */
export interface Evidence {
  readonly service: string;
  readonly shows: Shows;
  /** Ready endpoints by mesh. */
  readonly istio: number;
  readonly kongMesh: number;
  readonly other: number;
  readonly policies: PolicyCounts;
  /** Why the recorded phase cannot be true; absent where nothing speaks against it. */
  readonly disagreement?: string;
  /** The phase that the cluster shows, where it is another one than recorded. */
  readonly suggestion?: Phase;
}

const served = new Set<Phase>(['migrated', 'retired']);
const early = new Set<Phase>(['discovered', 'translated', 'reviewed', 'bridged']);
const needsPolicies = new Set<Phase>(['bridged', 'shifting', 'migrated', 'retired']);

function showsOf(row: ServiceRow): Shows {
  const istio = row.ready.istio + row.ready.ambient;
  const kong = row.ready['kong-mesh'];
  if (istio > 0 && kong > 0) return 'both';
  if (row.ready.both > 0) return 'both';
  if (kong > 0) return 'kong-mesh';
  if (istio > 0) return 'istio';
  return row.ready.none > 0 ? 'no-mesh' : 'nothing-ready';
}

const endpoints = (count: number): string => `${count} ready ${count === 1 ? 'endpoint' : 'endpoints'}`;

/** What speaks against a phase, and the phase that fits. */
function judge(shows: Shows, phase: Phase, istio: number, kong: number): { against?: string; suggestion?: Phase } {
  switch (shows) {
    case 'kong-mesh':
      if (early.has(phase) || phase === 'rolled-back')
        return {
          against: `Kong Mesh serves it already: ${endpoints(kong)}, and none of Istio.`,
          suggestion: 'migrated',
        };
      return phase === 'shifting' ? { suggestion: 'migrated' } : {};
    case 'both':
      if (served.has(phase))
        return {
          against: `Istio still serves it: ${endpoints(istio)} beside ${kong} of Kong Mesh.`,
          suggestion: 'shifting',
        };
      if (early.has(phase))
        return { against: `Kong Mesh serves it in part: ${endpoints(kong)}.`, suggestion: 'shifting' };
      return {};
    case 'istio':
      if (served.has(phase) || phase === 'shifting')
        return {
          against: `No ready endpoint is in Kong Mesh; ${endpoints(istio)} in Istio.`,
          suggestion: 'rolled-back',
        };
      return {};
    case 'no-mesh':
      return served.has(phase) || phase === 'shifting' ? { against: 'Its ready endpoints are in no mesh.' } : {};
    case 'nothing-ready':
      return served.has(phase) || phase === 'shifting' ? { against: 'No endpoint is ready.' } : {};
    case 'absent':
      return phase === 'discovered' || phase === 'translated' || phase === 'retired'
        ? {}
        : { against: 'The cluster has no such Service.' };
  }
}

/** Which of the policies a cluster lacks; undefined where it lacks none. */
function lackOf({ applied, missing, changed }: PolicyCounts): string | undefined {
  const lacking = missing + changed;
  if (lacking === 0) return undefined;
  return `${lacking} of ${lacking + applied} of its policies ${lacking === 1 ? 'is' : 'are'} missing or changed in the cluster.`;
}

/**
 * Puts what the clusters show of a service beside its recorded phase.
 * @param rows of the service, one of each cluster that has it
 */
export function evidenceOf(
  service: string,
  phase: Phase,
  rows: readonly ServiceRow[],
  policies: PolicyCounts,
): Evidence {
  const sum = (pick: (row: ServiceRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const ready = {
    istio: sum((row) => row.ready.istio),
    ambient: sum((row) => row.ready.ambient),
    'kong-mesh': sum((row) => row.ready['kong-mesh']),
    both: sum((row) => row.ready.both),
    none: sum((row) => row.ready.none),
  };
  const istio = ready.istio + ready.ambient + ready.both;
  const kong = ready['kong-mesh'] + ready.both;
  const [first] = rows;
  const shows = first === undefined ? 'absent' : showsOf({ ...first, ready });
  const { against, suggestion } = judge(shows, phase, istio, kong);
  const unapplied = needsPolicies.has(phase) ? lackOf(policies) : undefined;
  const disagreement = [against, unapplied].filter((text) => text !== undefined).join(' ');
  return {
    service,
    shows,
    istio,
    kongMesh: kong,
    other: ready.none,
    policies,
    ...(disagreement === '' ? {} : { disagreement }),
    ...(suggestion === undefined || suggestion === phase ? {} : { suggestion }),
  };
}

/**
 * What the cluster shows that speaks against entering a phase; undefined where nothing does. To begin to shift, policies
 * have to be there; proxies come with the shift. To have migrated, Kong Mesh has to serve alone.
 */
export function enteringAgainst(
  service: string,
  to: Phase,
  rows: readonly ServiceRow[],
  policies: PolicyCounts,
): string | undefined {
  if (served.has(to)) return evidenceOf(service, to, rows, policies).disagreement;
  return needsPolicies.has(to) ? lackOf(policies) : undefined;
}
