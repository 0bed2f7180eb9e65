import { codes, compareDiagnostics, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { type Estate, isPartial } from '@isthmus/istio';
import type { Resource, Violation } from '@isthmus/kubernetes';
import { createWorkings, placeOf, type Workings } from './context.ts';
import type { Finished } from './emission.ts';
import type { Emitted, EmittedObject } from './emitted.ts';
import { eachLeaf } from './field.ts';
import { finishEmissions } from './finish.ts';
import { translators } from './from/index.ts';
import { contextLeavesOf, leavesOf } from './leaves.ts';
import type { LedgerEntry, LedgerField, Target } from './ledger.ts';
import { objectionTo } from './objection.ts';
import type { Peer } from './place.ts';
import { misplaced } from './security/placement.ts';
import type { Settings } from './settings.ts';
import type { Translation } from './translation.ts';

// Kinds whose loss opens what Istio closes: their untranslated fields block.
const restricting = new Set([
  'AuthorizationPolicy',
  'PeerAuthentication',
  'RequestAuthentication',
  'EnvoyFilter',
  'WasmPlugin',
  'TrafficExtension',
]);

export type Targets = Map<Resource, Map<string, Target[]>>;

function placesIn(targets: Targets, resource: Resource): Map<string, Target[]> {
  const known = targets.get(resource);
  if (known !== undefined) return known;
  const places = new Map<string, Target[]>();
  targets.set(resource, places);
  return places;
}

/** Turns provenance around: the emitted places of each source leaf. */
export function targetsOf(finished: readonly Finished[]): Targets {
  const targets: Targets = new Map();
  // Of no resource yet.
  let target: Target = { resource: -1, path: '' };
  let source: Resource | undefined;
  let byPath: Map<string, Target[]>;
  // One for all fields: there are hundreds of thousands of them.
  const note = (leaf: string): void => {
    const known = byPath.get(leaf);
    if (known === undefined) byPath.set(leaf, [target]);
    // Of two source fields of one emitted field one may be a part of the other.
    else if (known[known.length - 1] !== target) known.push(target);
  };
  for (let resource = 0; resource < finished.length; resource++) {
    for (const { path, origin } of (finished[resource] as Finished).origins) {
      if (target.resource !== resource || target.path !== path) target = { resource, path };
      if (origin.resource !== source) {
        source = origin.resource;
        byPath = placesIn(targets, source);
      }
      eachLeaf(origin.value, origin.path, note);
    }
  }
  return targets;
}

const none: readonly Target[] = [];

/** The entry of one of Istio's resources in the ledger, with a finding where a leaf of it was not spoken of. */
export function accountFor(
  resource: Resource,
  workings: Workings,
  targets: Targets,
): { entry: LedgerEntry; diagnostic?: Diagnostic } {
  const claims = workings.ledger.claims(resource);
  const places = targets.get(resource);
  const open: string[] = [];
  const fields = leavesOf(resource).map((path): LedgerField => {
    const claim = claims.get(path);
    if (claim !== undefined && claim.outcome !== 'untranslated') {
      const { outcome, code: reason } = claim;
      const at = places?.get(path) ?? none;
      return reason === undefined ? { path, outcome, targets: at } : { path, outcome, code: reason, targets: at };
    }
    open.push(path);
    const code = restricting.has(resource.kind)
      ? codes.translation.restrictionUntranslated
      : codes.translation.fieldsUntranslated;
    return { path, outcome: 'untranslated', code: code.code, targets: places?.get(path) ?? none };
  });
  const entry = { resource, fields };
  const [first] = open;
  if (first === undefined) return { entry };
  const code = restricting.has(resource.kind)
    ? codes.translation.restrictionUntranslated
    : codes.translation.fieldsUntranslated;
  return {
    entry,
    diagnostic: diagnose(
      code,
      { count: open.length, total: fields.length, kind: resource.kind, first },
      { ...placeOf(resource), path: first },
    ),
  };
}

/** Whether a translator has spoken of what an object asks for, and not of its labels alone. */
function isRead(claims: ReadonlyMap<string, unknown>): boolean {
  for (const path of claims.keys()) if (path.startsWith('spec.')) return true;
  return false;
}

function accountForContext(
  resource: Resource,
  workings: Workings,
  targets: Targets,
): { entry: LedgerEntry; diagnostic?: Diagnostic } | undefined {
  const claims = workings.ledger.claims(resource);
  const paths = contextLeavesOf(resource, isRead(claims));
  if (paths.length === 0) return undefined;
  const places = targets.get(resource);
  const open: string[] = [];
  const fields = paths.map((path): LedgerField => {
    const claim = claims.get(path);
    if (claim !== undefined) return { path, ...claim, targets: places?.get(path) ?? none };
    open.push(path);
    return { path, outcome: 'untranslated', code: codes.translation.annotationUntranslated.code, targets: none };
  });
  const entry = { resource, fields };
  const [first] = open;
  if (first === undefined) return { entry };
  return {
    entry,
    diagnostic: diagnose(
      codes.translation.annotationUntranslated,
      { kind: resource.kind, count: open.length, first },
      { ...placeOf(resource), path: first },
    ),
  };
}

/** Losers of duplicates that are Istio's. */
function losersIn({ superseded, context }: Estate): Resource[] {
  if (superseded.length === 0) return [];
  const contextKinds = new Set(context.map(({ group, kind }) => `${group}/${kind}`));
  return superseded.flatMap(({ loser }) => (contextKinds.has(`${loser.group}/${loser.kind}`) ? [] : [loser]));
}

function accountForLoser(resource: Resource): LedgerEntry {
  const { code } = codes.translation.superseded;
  return { resource, fields: leavesOf(resource).map((path) => ({ path, outcome: 'inert', code, targets: none })) };
}

const isSame = (a: Diagnostic, b: Diagnostic): boolean =>
  compareDiagnostics(a, b) === 0 &&
  a.help === b.help &&
  a.resource?.name === b.resource?.name &&
  a.resource?.namespace === b.resource?.namespace &&
  a.resource?.kind === b.resource?.kind;

/** Translators that read one field for several hosts say the same of it several times; once is enough for a person. */
export const withoutRepeats = (sorted: readonly Diagnostic[]): Diagnostic[] =>
  sorted.filter((one, index) => {
    const before = sorted[index - 1];
    return before === undefined || !isSame(before, one);
  });

/** Tells why an emitted resource must not be applied; undefined where it may. */
type Objection = (object: EmittedObject) => Violation | undefined;

/** Checks emitted resources beside the translation, which goes on meanwhile. */
export interface Checker {
  /** Takes a resource to check. */
  take(object: EmittedObject): void;
  /** Of those taken, the ones that must not be applied, with the reason. */
  objections(): Promise<ReadonlyMap<EmittedObject, Violation>>;
  /** Learns of the findings of all translators while the rest is put together: nearly all that there will be. */
  foresee(estate: Estate, diagnostics: readonly Diagnostic[]): void;
}

/** Lets every translator work on an estate of one cluster. */
function work(estate: Estate, given: Settings, peers: readonly Peer[], emitted?: (one: Emitted) => void): Workings {
  // What could not be read is not absent, whoever declared the import complete.
  const settings = isPartial(estate) ? { ...given, complete: false } : given;
  const workings = createWorkings(estate, settings, peers, emitted);
  for (const translator of translators) translator(workings.context);
  return workings;
}

/** Translates an estate of one cluster; of several the others are its peers. */
export const translateCluster = (estate: Estate, settings: Settings, peers: readonly Peer[] = []): Translation =>
  conclude(work(estate, settings, peers), (object) => objectionTo(object, settings));

/** Translates an estate of one cluster, with somebody else to check what is emitted. Rejects as the checker does. */
export async function translateClusterBeside(
  checker: Checker,
  estate: Estate,
  settings: Settings,
): Promise<Translation> {
  const workings = work(estate, settings, [], ({ role, object }) => {
    if (role === 'resource') checker.take(object);
  });
  const asked = checker.objections();
  checker.foresee(estate, workings.diagnostics);
  const objections = await asked;
  return conclude(workings, (object) => objections.get(object));
}

/** Puts together what the translators leave behind. */
function conclude(workings: Workings, objection: Objection): Translation {
  const { whole: estate, settings } = workings.context;
  const { finished, diagnostics } = finishEmissions(workings, objection);
  const targets = targetsOf(finished);
  const found: Diagnostic[] = [...estate.diagnostics, ...workings.diagnostics, ...diagnostics];
  const emitted = finished.map((one) => one.emitted);
  found.push(...misplaced(emitted, estate, settings));
  const ledger: LedgerEntry[] = [];
  for (const resource of estate.istio) {
    const { entry, diagnostic } = accountFor(resource, workings, targets);
    ledger.push(entry);
    if (diagnostic !== undefined) found.push(diagnostic);
  }
  const context: LedgerEntry[] = [];
  for (const resource of estate.context) {
    const accounted = accountForContext(resource, workings, targets);
    if (accounted === undefined) continue;
    context.push(accounted.entry);
    if (accounted.diagnostic !== undefined) found.push(accounted.diagnostic);
  }
  for (const loser of losersIn(estate)) {
    ledger.push(accountForLoser(loser));
    found.push(diagnose(codes.translation.superseded, {}, placeOf(loser)));
  }
  return {
    settings,
    estate,
    emitted,
    origins: finished.map(({ origins }) => origins),
    ledger,
    context,
    diagnostics: withoutRepeats(found.sort(compareDiagnostics)),
  };
}
